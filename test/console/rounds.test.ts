// Rounds over what is parked: a hundred at once, each thing once, and only what was there when the number was shown.

import { describe, expect, it } from 'vitest';

import { roundOf, touchedBy } from '../../src/console/browser/rounds.ts';

const SHOWN_AT = 1_800_000_000_000;

function thing(seq: number, about: { shard?: number; at?: number; detail?: string } = {}) {
  const { shard = 0, at = SHOWN_AT - 1000, detail = `status 400 (${seq})` } = about;
  const reason = 'request_invalid';
  const id = `s${shard}-${seq}`;
  return { id, seq, at, reason, detail, about: 'identify', person: `key${seq % 3}` };
}

const MANY = Array.from({ length: 250 }, (_, index) =>
  index < 150 ? thing(index + 1) : thing(index - 149, { shard: 1 }),
);

/** As the page sends them, text all of it; what a round has done is gone, but for what stays. */
function allRounds(things: readonly ReturnType<typeof thing>[], form: Record<string, string> = {}) {
  const done: string[][] = [];
  let fields: Record<string, string> = { until: String(SHOWN_AT), ...form };
  for (let left = 1; left > 0 && done.length < 9;) {
    const round = roundOf(things, fields);
    done.push(round.things.map(({ id }) => id));
    ({ left } = round);
    const { after, seen, until } = round;
    fields = { ...form, after, seen: String(seen), until: String(until) };
  }
  return done;
}

describe('rounds', () => {
  it('do a hundred each, over all shards, each thing once, whether it stays or goes', () => {
    const rounds = allRounds(MANY);
    expect(rounds.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(rounds.flat()).toEqual(MANY.map(({ id }) => id));
    const fields = { after: rounds[0]?.at(-1), until: String(SHOWN_AT) };
    const second = roundOf(MANY.slice(100), fields);
    expect(second.things[0]?.id).toBe(rounds[1]?.[0]);
  });

  it('leave alone what was parked after the number was shown, also what was parked again', () => {
    const later = [thing(300, { at: SHOWN_AT + 1 }), thing(301, { shard: 1, at: SHOWN_AT + 5 })];
    expect(allRounds([...MANY, ...later]).flat()).toHaveLength(MANY.length);
    expect(roundOf(later, { until: String(SHOWN_AT) })).toMatchObject({ things: [], left: 0 });
  });

  it('are of one thing, of one group, or of all', () => {
    const other = thing(900, { detail: 'expected text' });
    const all = [...MANY, other];
    expect(allRounds(all, { id: 's0-7' })).toEqual([['s0-7']]);
    expect(allRounds(all, { of: 'request_invalid expected text' })).toEqual([['s0-900']]);
    expect(allRounds(all, { of: 'request_invalid status … (…)' }).flat()).toHaveLength(250);
  });

  it('add up over what a stranger may have put into the form', () => {
    const form = { seen: '-5', count: 'x', until: String(SHOWN_AT), after: 's0-x' };
    expect(roundOf(MANY, form)).toMatchObject({ seen: 100, count: 0, left: 150 });
  });

  it('reach nothing where nobody was shown a number', () => {
    for (const form of [{}, { until: '' }, { until: 'soon' }, { until: '-1' }, { id: 's0-7' }]) {
      expect(roundOf(MANY, form)).toMatchObject({ things: [], left: 0 });
    }
  });
});

it('a number is of things and of the people they are about', () => {
  const unreadable = { ...thing(1), person: null };
  expect(touchedBy([...MANY, unreadable], SHOWN_AT)).toEqual({
    total: 251,
    people: 3,
    unread: 1,
    until: SHOWN_AT,
  });
});
