// What a moment of a subscription is once per, beside the purchase: the rest of its key, and the key's own time. No I/O. No
// clock.

import { priceIds, quantities } from './change.ts';
import type { BoughtChange } from './change.ts';

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
