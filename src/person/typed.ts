// What buyers type about who they are (a payment link's `client_reference_id`, an email at a checkout) and whom it may
// touch. It makes nobody, and it takes nothing from a person whose customer the application has written down.
// No I/O. No clock.

import type { Person } from './person.ts';

/** What is asked about a hint. */
export type HintQuestion = {
  /** The mark of the email that the buyer gave; null where it proves nothing. */
  readonly email: string | null;
  /** Marks of the emails that the user has verified, if Clerk has just been asked about them. */
  readonly inClerk: readonly string[] | null;
};

/**
 * `unknown`: nobody has said yet that there is such a user. `doubtful`: they have a customer of the application's, and
 * the buyer may be somebody else. `erased`: they are deleted.
 */
export type Voucher = 'confirmed' | 'unknown' | 'doubtful' | 'erased';

/** `person`: undefined when never heard of, null when erased. */
export function voucherOf(person: Person | null | undefined, asked: HintQuestion): Voucher {
  if (person === null) return 'erased';
  const verified = verifiedOf(person, asked);
  if (verified === null) return 'unknown';
  if (asked.email !== null && verified.includes(asked.email)) return 'confirmed';
  return person !== undefined && hasWrittenCustomer(person) ? 'doubtful' : 'confirmed';
}

/** Null while nobody has said that there is such a user, or such an organization, which has no address. */
function verifiedOf(
  person: Person | undefined,
  { inClerk }: HintQuestion,
): readonly string[] | null {
  const { user = null, organization } = person ?? {};
  const isKnown = user !== null || (organization?.facet ?? null) !== null;
  return isKnown ? [...(user?.verified ?? []), ...(inClerk ?? [])] : inClerk;
}

/** A customer of which it is not known that a buyer's text alone brought it counts as the application's. */
function hasWrittenCustomer({ user, customers, tenure }: Person): boolean {
  if (user?.isCustomer === true) return true;
  return customers.some((customerId) => tenure.typed?.includes(customerId) !== true);
}

export function withTyped(person: Person, customerId: string): Person {
  const { typed = [] } = person.tenure;
  if (typed.includes(customerId)) return person;
  return { ...person, tenure: { ...person.tenure, typed: [...typed, customerId] } };
}

/** The application says so, too, or it is theirs no more. */
export function withoutTyped(person: Person, customerId: string): Person {
  const { typed, ...tenure } = person.tenure;
  if (typed === undefined || !typed.includes(customerId)) return person;
  const rest = typed.filter((each) => each !== customerId);
  return { ...person, tenure: rest.length === 0 ? tenure : { ...tenure, typed: rest } };
}
