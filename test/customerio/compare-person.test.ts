// What Customer.io shows beside what we hold: text against values, and who wrote last.

import {
  assert,
  boolean,
  constant,
  dictionary,
  double,
  integer,
  oneof,
  property,
  string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';

import { comparePerson } from '../../src/customerio/compare-person.ts';
import type { ShownPerson } from '../../src/customerio/compare-person.ts';
import type { Traits } from '../../src/person/facet.ts';

const IDENTIFIED_AT = 1_790_000_000_500;
const OURS_AT = 1_790_000_000;

function compare(
  traits: Traits,
  attributes: Readonly<Record<string, unknown>>,
  timestamps: ShownPerson['timestamps'] = {},
) {
  return comparePerson({ traits, identifiedAt: IDENTIFIED_AT }, { attributes, timestamps });
}

describe('what is the same', () => {
  it.each([
    [49, '49'],
    [49, '49.0'],
    [4.5, '4.5'],
    [1e21, '1e+21'],
    [0, '0'],
    [true, 'true'],
    [false, 'false'],
    [null, undefined],
    [null, ''],
    [null, null],
    ['', undefined],
    ['pro', 'pro'],
    ['2026-11-28', String(Date.UTC(2026, 10, 28) / 1000)],
    ['2026-11-28T06:00:00Z', String(Date.UTC(2026, 10, 28, 6) / 1000)],
    [49, 49],
    [true, true],
  ])('%j is %j', (held, shown) => {
    expect(compare({ trait: held }, { trait: shown })).toEqual([]);
  });

  it('is an email in whatever case, and nothing else is', () => {
    expect(compare({ email: 'Ada@Example.test' }, { email: 'ada@example.test' })).toEqual([]);
    expect(compare({ plan: 'Pro' }, { plan: 'pro' })).toHaveLength(1);
  });

  it('is the time of the sign-up, which stands there under a name of its own', () => {
    expect(compare({ createdAt: 5 }, { created_at: '5' })).toEqual([]);
    expect(compare({ created_at: 5 }, { created_at: '5' })).toEqual([]);
  });

  it('is not asked of what others have written beside it', () => {
    expect(compare({ plan: 'pro' }, { plan: 'pro', favourite: 'red', _last_emailed: '1' })).toEqual(
      [],
    );
  });

  it('is every value as it is written out, whatever it is', () => {
    const value = oneof(
      string(),
      integer(),
      double({ noNaN: true, noDefaultInfinity: true }),
      boolean(),
      constant(null),
    );
    assert(
      property(dictionary(string({ minLength: 1 }), value), (traits) => {
        const entries = Object.entries(traits).map(([name, each]) => [
          name === 'createdAt' ? 'created_at' : name,
          each === null ? '' : String(each),
        ]);
        expect(compare(traits, Object.fromEntries(entries))).toEqual([]);
      }),
    );
  });
});

describe('what is not', () => {
  it.each([
    [0, ''],
    [0, undefined],
    [0, ' '],
    [0, 'false'],
    [false, '0'],
    [false, undefined],
    [null, '0'],
    [null, 'null'],
    ['49', '49.0'],
    [49, '50'],
    ['Infinity', '1'],
    ['2026-11-28', '2026'],
  ])('%j is not %j', (held, shown) => {
    expect(compare({ trait: held }, { trait: shown })).toHaveLength(1);
  });

  it('was lost where ours is newer, and overwritten where theirs is', () => {
    const [lost] = compare({ plan: 'pro' }, { plan: 'free' }, { plan: OURS_AT });
    expect(lost).toEqual({
      trait: 'plan',
      kind: 'lost',
      held: 'pro',
      shown: 'free',
      setAt: OURS_AT,
    });
    const [other] = compare({ plan: 'pro' }, { plan: 'free' }, { plan: OURS_AT + 1 });
    expect(other).toMatchObject({ kind: 'overwritten', setAt: OURS_AT + 1 });
    const [removed] = compare({ plan: 'pro' }, {}, { plan: OURS_AT + 1 });
    expect(removed).toMatchObject({ kind: 'overwritten', shown: null });
    expect(compare({ plan: 'pro' }, {})).toMatchObject([{ kind: 'lost', shown: null }]);
  });

  it('is a late identify of ours where what was written since is what we told before', () => {
    const held = { traits: { plan: 'pro' }, identifiedAt: IDENTIFIED_AT };
    const compared = (before: readonly Traits[], plan?: string) =>
      comparePerson(
        { ...held, before },
        { attributes: { plan }, timestamps: { plan: OURS_AT + 1 } },
      ).map(({ kind }) => kind);
    expect(compared([{ plan: 'free' }], 'free')).toEqual(['late']);
    expect(compared([{ plan: null }])).toEqual(['late']);
    expect(compared([{ plan: 'team' }, {}], 'free')).toEqual(['overwritten']);
    // What we have never said, nobody has said for us.
    expect(compared([{ seats: 2 }])).toEqual(['overwritten']);
  });

  it('is unclear where nobody says when it was set', () => {
    expect(compare({ plan: 'pro' }, { plan: 'free' })).toMatchObject([{ kind: 'unclear' }]);
  });

  it('is an email that Customer.io would not change, unless somebody wrote it since', () => {
    const email = 'new@example.test';
    const kept = compare({ email }, { email: 'old@example.test' }, { email: OURS_AT - 9 });
    expect(kept).toMatchObject([{ kind: 'email_conflict' }]);
    expect(compare({ email }, {})).toMatchObject([{ kind: 'email_conflict', shown: null }]);
    const since = compare({ email }, { email: 'x@example.test' }, { email: OURS_AT + 9 });
    expect(since).toMatchObject([{ kind: 'overwritten' }]);
  });
});
