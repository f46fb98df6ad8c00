// Why an event type of Clerk is ignored, by its family; a type in none of them is simply not mapped.

const REASONS: ReadonlyMap<string, string> = new Map([
  // Mails and text messages carry one-time codes: decided by the type alone, before their data is looked at.
  ['email', 'carries_one_time_codes'],
  ['sms', 'carries_one_time_codes'],
  // Configuration of the application: nothing happens to a person.
  ['role', 'no_moment'],
  ['permission', 'no_moment'],
  ['organization', 'no_moment'],
  ['organizationDomain', 'no_moment'],
  ['organizationMembership', 'no_moment'],
  // They know an email, not a user: the user comes with `user.created`.
  ['organizationInvitation', 'no_person'],
  ['waitlistEntry', 'no_person'],
  // A session ends by itself; only its beginning is something the user does.
  ['session', 'no_moment'],
]);

/** An item that waits for its first payment. */
const NOT_IN_EFFECT = 'subscriptionItem.incomplete';

export function ignoredBecause(type: string): string {
  if (type === NOT_IN_EFFECT) return 'not_in_effect';
  return REASONS.get(type.split('.')[0] ?? '') ?? 'event_type_unmapped';
}
