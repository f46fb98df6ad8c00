// What an event has changed of a person: the fields that differ, within what may be kept.

import { describe, expect, it } from 'vitest';

import { changesBetween } from '../../src/person/difference.ts';
import { newPerson } from '../../src/person/person.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { wire } from '../support/wire.ts';

const BEFORE = newPerson('user_1');

describe('changes', () => {
  it('are none between a person and themselves', () => {
    expect(changesBetween(BEFORE, BEFORE)).toEqual({ fields: [], left: 0 });
  });

  it('name what a webhook said, as it was and as it is, and not what only orders news', () => {
    const created = wire([stripeEvent('customer.subscription.created', subscription())]).person;
    const first = changesBetween(BEFORE, created).fields;
    const status = first.find(({ field }) => /^subscriptions\.sub_\w+\.status$/.test(field));
    expect(status).toEqual({ field: status?.field, is: 'active' });
    expect(
      first.map(({ field }) => field).filter((each) => /asOf|rank|planKey/.test(each)),
    ).toEqual([]);
    const [id = ''] = Object.keys(created.subscriptions);
    const facet = created.subscriptions[id];
    if (facet === undefined) throw new Error('no subscription');
    const changed = { ...created, subscriptions: { [id]: { ...facet, plan: 'team' } } };
    expect(changesBetween(created, changed).fields).toEqual([
      { field: `subscriptions.${id}.plan`, was: facet.plan, is: 'team' },
    ]);
    expect(changesBetween(changed, { ...created, subscriptions: {} }).fields).toContainEqual({
      field: `subscriptions.${id}.plan`,
      was: 'team',
    });
  });

  it('are kept up to 2 KB, and say how many more there were', () => {
    const customers = Array.from({ length: 400 }, (_, each) => `cus_${each}`);
    const cards = Object.fromEntries(
      customers.map((id) => [id, { asOf: 1, rank: 1, expiresAt: 1 }]),
    );
    const many = { ...BEFORE, cards } as unknown as typeof BEFORE;
    const { fields, left } = changesBetween(BEFORE, many);
    expect(JSON.stringify(fields).length).toBeLessThanOrEqual(2_000 + fields.length + 2);
    expect(fields.length).toBeGreaterThan(10);
    expect(left).toBe(400 - fields.length);
  });
});
