// Moments: something that happened to a person, once. The names and their keys are the contract with campaigns.

import type { TraitValue } from './facet.ts';
import type { Money } from './ledger.ts';

/** Every moment there is, in the order of the table in docs/events.md. */
export const MOMENT_NAMES = [
  'user_created',
  'user_signed_in',
  'organization_created',
  'organization_joined',
  'organization_left',
  'organization_role_changed',
  'organization_deleted',
  'trial_started',
  'trial_extended',
  'trial_ending',
  'trial_converted',
  'trial_expired',
  'subscription_started',
  'plan_upgraded',
  'plan_downgraded',
  'billing_interval_changed',
  'plan_changed',
  'seats_changed',
  'plan_change_scheduled',
  'plan_change_unscheduled',
  'subscription_renewed',
  'cancellation_scheduled',
  'cancellation_undone',
  'cancellation_feedback_given',
  'subscription_canceled',
  'subscription_paused',
  'subscription_resumed',
  'subscription_past_due',
  'subscription_unpaid',
  'payment_recovered',
  'payment_succeeded',
  'payment_failed',
  'invoice_overdue',
  'invoice_written_off',
  'payment_action_required',
  'renewal_upcoming',
  'refund_issued',
  'refund_failed',
  'dispute_opened',
  'dispute_closed',
  'checkout_completed',
  'checkout_abandoned',
  'checkout_payment_succeeded',
  'checkout_payment_failed',
  'payment_method_added',
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
   * What makes it happen once. `seen`: a row in the outbox under its key. `mark`: also a mark in the person's own
   * row, set by the step which made the moment (conversion): whoever gets the purchase before the mark has the row.
   */
  readonly once: 'seen' | 'mark';
  /** It has a row of its own, whatever else its webhook tells: other events tell of it beside other moments. */
  readonly isAlone?: true;
  /** What it adds to what the person has paid, or takes off. */
  readonly money?: Money;
  /** The payload belongs to a subscription or a payment that it does not name; these are ids by which it may be known. */
  readonly refs?: readonly string[];
  /** The prices that are charged, where the payload has them. */
  readonly priceIds?: readonly string[];
  /** It may be the charge of an invoice, which tells of itself: then the person has a subscription. */
  readonly isUnlessSubscribed?: true;
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
} & Pick<Moment, 'isAlone' | 'money' | 'refs' | 'priceIds' | 'isUnlessSubscribed'>;

/** The one way to make a moment; every key begins with its name. */
export function happened(name: MomentName, parts: MomentParts): Moment {
  const { key, at, keyAt = at, subscriptionId = null, properties = {}, once = 'seen' } = parts;
  const { key: _key, at: _at, ...more } = parts;
  return {
    ...more,
    name,
    key: [name, ...key],
    keyAt,
    occurredAt: at,
    subscriptionId,
    properties,
    once,
  };
}
