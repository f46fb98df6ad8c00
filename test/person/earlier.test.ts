// Somebody who has bought very often: what is over stands apart from their row, and every event tells what it would tell if all
// of it stood in one place, whatever is late, comes twice, or is about what was over long ago.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import { apart, isAboutAll, purchasesIn, together } from '../../src/person/earlier.ts';
import type { Purchase } from '../../src/person/earlier.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { CREATED, DAY, invoice, subscription } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { changed, ended, made, paid } from '../support/stripe-life.ts';

/** As the outbox does it, with rows of its own for what stands apart. */
function openRoom() {
  let row = newPerson('user_1');
  const rows = new Map<string, Purchase>();
  let wholes = 0;
  return {
    take(event: PersonEvent) {
      const isWhole =
        row.earlier !== undefined &&
        (isAboutAll(row, event) || purchasesIn(event).some((id) => rows.has(id)));
      wholes += isWhole ? 1 : 0;
      const { person, moments } = applyEvent(
        isWhole ? together(row, [...rows.values()]) : row,
        event,
      );
      const parted = apart(person, JSON.stringify(person).length);
      if (isWhole) rows.clear();
      for (const each of parted.away) rows.set(each.id, each);
      row = parted.person;
      return moments;
    },
    row: (): Person => row,
    rows,
    wholes: () => wholes,
  };
}

function eventOf(json: StripeEventJson): PersonEvent {
  const receivedAt = (CREATED + 9000 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return { provider: 'stripe', id, type, customerId, news };
}

/** The life of the subscription `n`, each in days after the one before; what kind of life by `kind`. */
function lifeOf(n: number, kind: number): StripeEventJson[] {
  const id = `sub_${n}`;
  const at = CREATED + n * DAY;
  const customer = `cus_${kind % 3}`;
  const own = { id, customer, created: at, start_date: at };
  const bill = (days: number) => {
    const { parent } = invoice({}, { periodStart: at });
    const details = { ...parent, subscription_details: { subscription: id, metadata: {} } };
    const type = 'subscription_details';
    return paid(n + days, { id: `in_${n}_${days}`, customer, parent: { ...details, type } });
  };
  if (kind % 7 === 0) {
    const never = { ...own, status: 'incomplete' } as const;
    const gone = { ...own, status: 'incomplete_expired', ended_at: at + DAY / 2 } as const;
    return [made(n, never), changed(n + 0.5, gone, { status: 'incomplete' })];
  }
  // Of one that nobody told of there is only its invoice.
  if (kind % 11 === 0) return [bill(0)];
  const trial = { trial_start: at, trial_end: at + DAY, status: 'trialing' } as const;
  const isTrial = kind % 5 === 0;
  const begun = made(n, isTrial ? { ...own, ...trial } : own);
  const over = ended(n + 2, { ...own, ...(isTrial ? { trial_end: at + DAY } : {}) });
  return isTrial && kind % 2 === 0 ? [begun, over] : [begun, bill(isTrial ? 1 : 0), over];
}

function inOrder({ tenure, ...person }: Person): Person {
  return { ...person, tenure: { ...tenure, named: tenure.named.toSorted() } };
}

describe('whoever has bought a hundred times', () => {
  it('is told of exactly as if everything stood in one row', () => {
    const kinds = fc.array(fc.nat({ max: 1000 }), { minLength: 90, maxLength: 130 });
    const late = fc.array(fc.nat({ max: 5000 }), { maxLength: 60 });
    let wholes = 0;
    fc.assert(
      fc.property(kinds, late, (all, again) => {
        const events = all.flatMap((kind, n) => lifeOf(n, kind)).map(eventOf);
        // Some come much later than the others, or a second time.
        const later = again.map((n) => n % events.length);
        const onTime = events.filter((_, n) => !later.includes(n) || n % 2 === 0);
        const order = [...onTime, ...later.flatMap((n) => events[n] ?? [])];
        const room = openRoom();
        let one = newPerson('user_1');
        for (const event of order) {
          const step = applyEvent(one, event);
          one = step.person;
          expect(room.take(event)).toEqual(step.moments);
          expect(traitsOf(room.row(), 'free')).toEqual(traitsOf(one, 'free'));
        }
        const { earlier: _, ...whole } = together(room.row(), [...room.rows.values()]);
        expect(inOrder(whole)).toEqual(inOrder(one));
        expect(Object.keys(room.row().subscriptions).length).toBeLessThanOrEqual(50);
        wholes += room.wholes() / order.length;
      }),
      { numRuns: 12, seed: 13 },
    );
    // Where nothing is late the row alone is enough.
    expect(wholes).toBeGreaterThan(0);
  });

  it('needs the row alone for what comes in time', () => {
    const room = openRoom();
    for (let n = 0; n < 200; n += 1) for (const json of lifeOf(n, 1)) room.take(eventOf(json));
    expect(room.rows.size).toBe(160);
    expect(room.wholes()).toBe(0);
  });

  it('keeps their last purchases however many checkouts nobody paid come after', () => {
    const room = openRoom();
    for (let n = 0; n < 60; n += 1) for (const json of lifeOf(n, 1)) room.take(eventOf(json));
    const before = traitsOf(room.row(), 'free');
    for (let n = 60; n < 300; n += 1) for (const json of lifeOf(n, 7)) room.take(eventOf(json));
    const customers = { stripeCustomerId: before['stripeCustomerId'] };
    expect({ ...traitsOf(room.row(), 'free'), ...customers }).toEqual(before);
  });

  it('keeps what runs, however long ago it began', () => {
    const room = openRoom();
    const old = { id: 'sub_old', customer: 'cus_1', created: CREATED - DAY };
    room.take(eventOf(made(-1, old)));
    for (let n = 0; n < 100; n += 1) for (const json of lifeOf(n, 1)) room.take(eventOf(json));
    expect(Object.keys(room.row().subscriptions)).toContain('sub_old');
    expect(traitsOf(room.row(), 'free')).toMatchObject({ subscriptionId: 'sub_old' });
    const over = subscription({ ...old, status: 'past_due' });
    const told = room.take(eventOf(changed(101, over, { status: 'active' })));
    expect(told.map(({ name }) => name)).toEqual(['subscription_past_due']);
  });

  it('knows of a trial that was long ago, and what was before a beginning that comes late', () => {
    const room = openRoom();
    const trial = {
      id: 'sub_t',
      customer: 'cus_1',
      trial_end: CREATED,
      trial_start: CREATED - DAY,
    };
    room.take(eventOf(made(-2, { ...trial, status: 'trialing' })));
    room.take(eventOf(ended(-1, trial)));
    for (let n = 0; n < 100; n += 1) for (const json of lifeOf(n, 1)) room.take(eventOf(json));
    expect(Object.keys(room.row().subscriptions)).not.toContain('sub_t');
    expect(traitsOf(room.row(), 'free')).toMatchObject({ trialUsed: true });
    const [begun] = room.take(eventOf(made(30.5, { id: 'sub_late', customer: 'cus_1' })));
    expect(begun?.properties).toMatchObject({ previous_plan: 'pro' });
  });
});
