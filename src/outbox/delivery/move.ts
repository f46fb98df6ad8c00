// Move: the delivery record after something has happened. Whatever a state stands for changes here and nowhere else. Pure.

import type { Delivery, Pause } from './record.ts';
import { TRANSITIONS } from './state.ts';
import type { Happening } from './state.ts';

/** Times in Unix milliseconds; what is left out stays as it is. `failingAt`: it counts as a failure, at this time. */
type Change = {
  readonly notBefore?: number;
  readonly attempt?: number;
  readonly failingAt?: number;
  readonly pause?: Pause;
};

export function moved(delivery: Delivery, happening: Happening, change: Change = {}): Delivery {
  const state = TRANSITIONS[delivery.state][happening];
  const pause = state === 'paused' ? (change.pause ?? delivery.pause) : null;
  const next = { ...delivery, state, pause, lonelySeq: null, isSuspect: false };
  if (state === 'flowing') return { ...next, attempt: 0, failingSince: null, notBefore: 0 };
  if (happening === 'set_aside') return { ...next, attempt: 0, failingSince: null };
  const { notBefore = delivery.notBefore, attempt = delivery.attempt, failingAt } = change;
  const failingSince = delivery.failingSince ?? failingAt ?? null;
  return { ...next, attempt, failingSince, notBefore };
}
