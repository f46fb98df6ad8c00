// Every state meets everything that may happen: what delivery is in then, and what is stored with it.

import { describe, expect, it } from 'vitest';

import { moved } from '../../../src/outbox/delivery/move.ts';
import { openDeliveryRecord } from '../../../src/outbox/delivery/record.ts';
import type { Delivery } from '../../../src/outbox/delivery/record.ts';
import { stateOf, TRANSITIONS } from '../../../src/outbox/delivery/state.ts';
import type { Happening, StateName } from '../../../src/outbox/delivery/state.ts';

const PAUSE = { reason: 'credentials_invalid', fingerprint: 'old' } as const;
const LATER = { notBefore: 600_000, attempt: 3, failingAt: 5000 };

function inState(state: StateName): Delivery {
  const fresh = openDeliveryRecord(() => []).read();
  const pause = state === 'paused' ? PAUSE : null;
  const waits = { attempt: 2, notBefore: 1000, failingSince: 500, lonelySeq: 7, isSuspect: true };
  return { ...fresh, state, pause, ...(state === 'flowing' ? {} : waits) };
}

const STATES = ['flowing', 'failing', 'waiting', 'paused'] as const;
const ENDS: Readonly<Record<Happening, readonly StateName[]>> = {
  landed: ['flowing', 'flowing', 'flowing', 'flowing'],
  set_aside: ['flowing', 'flowing', 'flowing', 'paused'],
  failed: ['failing', 'failing', 'failing', 'paused'],
  limited: ['waiting', 'waiting', 'waiting', 'paused'],
  asked: ['waiting', 'waiting', 'waiting', 'waiting'],
  refused: ['paused', 'paused', 'paused', 'paused'],
  new_key: ['flowing', 'failing', 'waiting', 'flowing'],
};
const HAPPENINGS = Object.keys(TRANSITIONS.flowing).map((name) => name as Happening);
const PAIRS = STATES.flatMap((from, index) =>
  HAPPENINGS.map((happening) => ({ from, happening, to: ENDS[happening][index] })),
);

describe('the states of delivery', () => {
  it.each(PAIRS)('$from, then $happening: $to', ({ from, happening, to }) => {
    const change = happening === 'refused' ? { ...LATER, pause: PAUSE } : LATER;
    const after = moved(inState(from), happening, happening === 'new_key' ? {} : change);
    expect(after.state).toBe(to);
    // Whatever was true of the message at the cursor is for whoever has just tried it to say.
    expect(after).toMatchObject({ lonelySeq: null, isSuspect: false });
    expect(after.pause === null).toBe(to !== 'paused');
    if (to === 'flowing') {
      expect(after).toMatchObject({ attempt: 0, notBefore: 0, failingSince: null });
    } else if (happening === 'new_key') {
      // A new key ends a pause and nothing else.
      expect(after).toMatchObject({ attempt: 2, notBefore: 1000 });
    } else if (happening !== 'set_aside') {
      expect(after).toMatchObject({ attempt: 3, notBefore: 600_000 });
    }
  });

  it('clears a pause by a wait that Customer.io asks for, so that no new key ends the wait', () => {
    const asked = moved(inState('paused'), 'asked', LATER);
    expect(moved(asked, 'new_key')).toMatchObject({ state: 'waiting', notBefore: 600_000 });
  });

  it('counts from the first failure', () => {
    const first = moved(inState('flowing'), 'failed', LATER);
    const second = moved(first, 'failed', { ...LATER, failingAt: 9000 });
    expect(second.failingSince).toBe(5000);
  });
});

describe('a record without a name for its state', () => {
  it.each([
    { stored: undefined, isPaused: true, attempt: 0, state: 'paused' },
    { stored: undefined, isPaused: false, attempt: 7, state: 'waiting' },
    { stored: undefined, isPaused: false, attempt: 0, state: 'flowing' },
    // An earlier release came back for a while.
    { stored: 'flowing' as const, isPaused: true, attempt: 0, state: 'paused' },
    { stored: 'paused' as const, isPaused: false, attempt: 1, state: 'waiting' },
  ])('$stored, paused $isPaused, after $attempt attempts is $state', (row) => {
    const { stored, isPaused, attempt, state } = row;
    expect(stateOf(stored, { isPaused, attempt })).toBe(state);
  });
});
