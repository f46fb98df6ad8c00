// What a moment of a subscription is once per, beside the purchase: the rest of its key, and the key's own time. No I/O. No
// clock.

import { priceIds, quantities } from './change.ts';
import type { BoughtChange } from './change.ts';
import type { Moment } from './moment.ts';

export type OncePer = 'subscription' | 'trial' | 'second' | 'prices' | 'quantities' | 'feedback';

/** `at` in Unix milliseconds. */
type OnceKey = { readonly parts: readonly (string | number)[]; readonly at: number };

export function onceKey(per: OncePer, change: BoughtChange): OnceKey {
  const { after, occurredAt } = change;
  const second = Math.floor(occurredAt / 1000);
  switch (per) {
    case 'subscription':
      return isOnceEver(change)
        ? { parts: [], at: after.createdAt * 1000 }
        : { parts: [second], at: second * 1000 };
    case 'trial':
      return trialKey(after);
    case 'feedback':
      return { parts: [after.cancellation.feedback ?? ''], at: after.createdAt * 1000 };
    case 'second':
      return { parts: [second], at: second * 1000 };
    case 'prices':
      return { parts: [...pricesOf(change), second], at: second * 1000 };
    case 'quantities':
      return { parts: [...between(change, quantities), second], at: second * 1000 };
  }
}

/** Told of the same change, by the same rest of a key; release 0.1.0 had other names for some of them. */
const CHANGES: readonly (string | number)[] = [
  'plan_upgraded',
  'plan_downgraded',
  'billing_interval_changed',
  'plan_changed',
  'seats_changed',
];

/** The keys under which an older release may have told the very same change. */
export function formerKeys([name = '', ...rest]: Moment['key']): readonly Moment['key'][] {
  if (!CHANGES.includes(name)) return [];
  return CHANGES.filter((each) => each !== name).map((each) => [each, ...rest]);
}

/** What turns from free to paid and back begins and ends more than once. */
function isOnceEver({ freeBefore, isFreeNow }: BoughtChange): boolean {
  return freeBefore === null && !isFreeNow;
}

function trialKey({ trialEndsAt, createdAt }: BoughtChange['after']): OnceKey {
  return { parts: [trialEndsAt ?? 0], at: (trialEndsAt ?? createdAt) * 1000 };
}

/** Of an add-on only the quantity may differ. */
function pricesOf(change: BoughtChange): string[] {
  const [from, to] = between(change, priceIds);
  return from === to ? between(change, quantities) : [from, to];
}

function between(
  { before, after }: BoughtChange,
  read: (facet: BoughtChange['after']) => string,
): [string, string] {
  return [before === null ? '' : read(before), read(after)];
}
