// What was heard of each provider: when, and what became of its events. In memory until the cursor moves or the cron
// visits, so that counting costs no row.

import { counted } from '../../platform/counters.ts';
import type { Storage } from '../storage.ts';
import type { Delivery } from './record.ts';

/** `at`: when its newest event was taken, Unix milliseconds. */
export function noteHeard(
  storage: Storage,
  heard: { readonly provider: string; readonly outcome: string; readonly at: number },
): void {
  const { provider, outcome, at } = heard;
  const delivery = storage.delivery();
  const lastEventAt = { ...delivery.lastEventAt, [provider]: at };
  storage.note({ ...withTaken(delivery, provider, { [outcome]: 1 }), lastEventAt });
}

/** An event that tells nothing because of how its endpoint is set up; `remedy` says what to change there. */
export function noteUnusable(
  storage: Storage,
  unusable: { readonly provider: string; readonly remedy: string; readonly at: number },
): void {
  const { provider, remedy, at } = unusable;
  noteHeard(storage, { provider, outcome: 'unusable', at });
  const delivery = storage.delivery();
  storage.note({ ...delivery, unusable: { ...delivery.unusable, [provider]: { at, remedy } } });
}

/** Events that nothing wanted, by provider: the door tells of them with the next event it brings. */
export function noteIgnored(storage: Storage, ignored: Readonly<Record<string, number>>): void {
  for (const [provider, count] of Object.entries(ignored)) {
    storage.note(withTaken(storage.delivery(), provider, { ignored: count }));
  }
}

function withTaken(
  delivery: Delivery,
  provider: string,
  outcomes: Readonly<Record<string, number>>,
): Delivery {
  const taken = counted(delivery.taken[provider] ?? {}, outcomes);
  return { ...delivery, taken: { ...delivery.taken, [provider]: taken } };
}
