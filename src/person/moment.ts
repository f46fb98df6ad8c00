// Moments: something that happened to a person, once. The names and their keys are the contract with campaigns.

import type { TraitValue } from './facet.ts';

/** Every moment there is, in the order of the table in docs/moments.md. */
export const MOMENT_NAMES = [
  'user_created',
  'user_signed_in',
  'organization_created',
  'organization_joined',
  'organization_left',
  'trial_started',
  'trial_ending',
  'trial_converted',
  'trial_expired',
  'subscription_started',
  'plan_upgraded',
  'plan_downgraded',
  'plan_changed',
  'seats_changed',
  'subscription_renewed',
  'cancellation_scheduled',
  'cancellation_undone',
  'subscription_canceled',
  'subscription_paused',
  'subscription_resumed',
  'subscription_past_due',
  'payment_recovered',
  'payment_succeeded',
  'payment_failed',
  'payment_action_required',
  'renewal_upcoming',
  'refund_issued',
  'dispute_opened',
  'dispute_closed',
  'checkout_completed',
  'checkout_abandoned',
  'payment_method_updated',
] as const;

export type MomentName = (typeof MOMENT_NAMES)[number];

export type Properties = Readonly<Record<string, TraitValue>>;

export type Moment = {
  readonly name: MomentName;
  /** What makes it the same happening, whichever event reports it: ids and times, never the event's own id. */
  readonly key: readonly (string | number)[];
  /** A time that belongs to the key (Unix milliseconds): the ULID's time part, so equal keys give equal ids. */
  readonly keyAt: number;
  /** When it happened, Unix milliseconds. */
  readonly occurredAt: number;
  readonly subscriptionId: string | null;
  readonly properties: Properties;
  /**
   * What makes it happen once. `seen`: a row in the outbox under its key. `mark`: a mark in the person's own
   * row that the step which made the moment has set (conversion), so no row is needed.
   */
  readonly once: 'seen' | 'mark';
};

/** What `happened` needs beside the name. */
export type MomentParts = {
  /** What follows the name in the key. */
  readonly key: Moment['key'];
  /** When it happened, Unix milliseconds. */
  readonly at: number;
  /** The key's own time; left out, it is `at`. */
  readonly keyAt?: number;
  readonly subscriptionId?: string | null;
  readonly properties?: Properties;
  readonly once?: Moment['once'];
};

/** The one way to make a moment; every key begins with its name. */
export function happened(name: MomentName, parts: MomentParts): Moment {
  const { key, at, keyAt = at, subscriptionId = null, properties = {}, once = 'seen' } = parts;
  return { name, key: [name, ...key], keyAt, occurredAt: at, subscriptionId, properties, once };
}
