// What a look-up came to.

export type Answer =
  | { readonly kind: 'person'; readonly userId: string; readonly source: string }
  /** The charge's customer. */
  | { readonly kind: 'customer'; readonly customerId: string }
  /** Asked and answered: nobody yet. `why` is a reason code for the operator. */
  | { readonly kind: 'nobody'; readonly why: string }
  /** Not answered. `isForAll`: the provider would answer no other question now either. */
  | {
      readonly kind: 'later';
      readonly why: string;
      readonly retryAfterMs: number | null;
      readonly isForAll: boolean;
    };

/** Whose is this customer, or which customer's is this charge? */
export type LookUp = (key: string) => Promise<Answer>;
