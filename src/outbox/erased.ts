/** Whose id is to be forgotten. `at`: when they were deleted, Unix milliseconds. */
export type ErasedId = { readonly userId: string; readonly at: number };

/** Where the look at unreadable webhooks goes on: in the outbox shard of this index, behind this number of its own. */
export type ParkedPlace = { readonly shard: number; readonly after: number };

/**
 * Somebody who was deleted at `at` (Unix milliseconds). `person` is their key, see `personKey`; `knownBy` are the ids and
 * addresses that we know to be theirs.
 */
export type Erased = ErasedId & {
  readonly person: string;
  readonly knownBy: readonly string[];
};
