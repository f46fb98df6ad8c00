// What Clerk sends about one person, in any order: what counts by itself is told the same, word for word, and everybody ends the
// same. Clerk Billing never says what was before, so of its items' moments only the order in which they happened is held.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { clerkWalk } from '../support/clerk-walk.ts';
import { differences, inOrder } from '../support/whole.ts';
import { wire } from '../support/wire.ts';

const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 12 });
const order = fc.infiniteStream(fc.nat({ max: 1_000_000 }));

/** An attempt does not name its subscription: before the first item nobody knows which it is. */
const JUDGED = ['payment_failed.subscription_id', 'payment_succeeded.subscription_id'];

/** Told by items alone, from what was known before. */
const OF_ITEMS =
  /^(subscription_(started|canceled|past_due)|plan_|seats_|billing_|cancellation_|payment_recovered|trial_)/;

type Sent = ReturnType<typeof clerkWalk>['items'][number];

/** The items as they happened, and the others anywhere among them. */
function mixed(items: readonly Sent[], others: readonly Sent[], keys: Iterator<number>): Sent[] {
  const places = inOrder([...items.map(() => true), ...others.map(() => false)], keys);
  const [left, rest] = [[...items], inOrder(others, keys)];
  return places.flatMap((isItem) => (isItem ? left.shift() : rest.shift()) ?? []);
}

describe('what Clerk sends', () => {
  it('is told the same word for word, whenever payments, sign-ins and changes of the user come between the items', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(choices, order, (numbers, keys) => {
        const { items, others } = clerkWalk(numbers);
        const expected = wire([...items, ...others]);
        const arrived = mixed(items, others, keys);
        const actual = wire([...arrived, ...arrived]);
        expect(actual.traits).toEqual(expected.traits);
        const differing = differences(expected.tracks, actual.tracks);
        expect(differing.filter((each) => !JUDGED.includes(each))).toEqual([]);
        for (const each of differing) seen.add(each);
      }),
      { numRuns: 150 },
    );
    expect([...seen].toSorted()).toEqual(JUDGED);
  });

  it('leaves everybody with the same traits in any order, but for the plan before', () => {
    const property = fc.property(choices, order, (numbers, keys) => {
      const { items, others } = clerkWalk(numbers);
      const expected = wire([...items, ...others]);
      const actual = wire(inOrder([...items, ...others], keys));
      // Which plan was the last is known from the items in their order alone.
      const { previousPlan: _before, ...traits } = expected.traits;
      expect(actual.traits).toMatchObject(traits);
      const differing = differences(expected.tracks, actual.tracks);
      const apart = differing.filter((each) => !OF_ITEMS.test(each));
      expect(apart.filter((each) => !JUDGED.includes(each))).toEqual([]);
    });
    fc.assert(property, { numRuns: 150 });
    // There a payment comes again after an item has decided it, and before the next item.
    fc.assert(property, { numRuns: 12, seed: -508_119_237 });
  });
});
