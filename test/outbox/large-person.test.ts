// People of whom there is very much: their row stays small, nothing is told false or twice of what stands apart, and what
// no row can hold is put aside instead of refusing them for ever. One shard on the simulated clock, real SQLite.

import { beforeAll, describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import type { News, PersonEvent } from '../../src/person/news.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { CREATED, DAY, invoice } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { ended, made, paid } from '../support/stripe-life.ts';

const ADA = 'user_ada';
const KEY = personKey(ADA);

function open() {
  const world = createWorld(1);
  const erased: string[][] = [];
  const object = outboxIn(world, {
    name: 's0',
    network: async () => new Response('{}'),
    vars: () => ({ SHARDS: 1 }),
    forgetParked: async (ids) => {
      erased.push([...ids]);
      return null;
    },
  });

  async function accept(event: PersonEvent, userId = ADA) {
    return world.answered(object.call((code) => code.accept(userId, event)));
  }
  /** A page at once, as they are pulled. */
  async function acceptAll(events: readonly PersonEvent[]) {
    const arrivals = events.map((event) => ({ userId: ADA, event }));
    return world.answered(object.call((code) => code.acceptMany(arrivals)));
  }
  const row = () => {
    const [found] = object.db.prepare('SELECT person FROM people WHERE id = ?').all(KEY);
    return String(found?.['person']);
  };
  const person = (): Person => JSON.parse(row());
  const apart = () => Number(object.db.prepare('SELECT COUNT(*) AS n FROM purchases').get()?.['n']);
  /** All that is held, page by page. */
  async function held(): Promise<string[]> {
    const rows: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const at: string = after;
      const page = await object.call(async (code) => code.held(ADA, at));
      rows.push(...page.held.map(({ table }) => table));
      after = page.next;
    }
    return rows;
  }
  return { world, object, erased, accept, acceptAll, row, person, apart, held };
}

/** `link`: it comes by its customer's link, and goes where that goes. */
function eventOf(json: StripeEventJson, link?: number): PersonEvent {
  const receivedAt = (CREATED + 9000 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  const event = { provider: 'stripe', id, type, customerId, news };
  return link === undefined ? event : { ...event, link };
}

/** One after the other. */
const begun = (n: number) => made(n, { id: `sub_${n}` });
const over = (n: number) => ended(n + 0.5, { id: `sub_${n}` });
const bill = (n: number, id: string) => {
  const { parent } = invoice({}, { periodStart: 0 });
  const details = { subscription: `sub_${n}`, metadata: {} };
  return paid(n, {
    id,
    parent: { ...parent, type: 'subscription_details', subscription_details: details },
  });
};
const upTo = (most: number) => Array.from({ length: most }, (_, n) => n);

/** Somebody with so many subscriptions, in one row. */
async function storedPerson(most: number, isOver = true): Promise<Person> {
  const one = open();
  await one.acceptAll((isOver ? [begun(0), over(0)] : [begun(0)]).map((json) => eventOf(json)));
  const { subscriptions, marks } = one.person();
  const [facet, mark] = [subscriptions['sub_0'], marks['sub_0']];
  if (facet === undefined || mark === undefined) throw new Error('nothing to copy');
  const facets = upTo(most).map((n) => {
    const id = `sub_${n}`;
    const endedAt = CREATED + Math.floor((n + 0.5) * DAY);
    const end = isOver ? { endedAt, asOf: endedAt * 1000 } : {};
    return [id, { ...facet, id, purchaseId: id, ...end }] as const;
  });
  return {
    ...newPerson(ADA),
    customers: ['cus_1'],
    subscriptions: Object.fromEntries(facets),
    marks: Object.fromEntries(facets.map(([id]) => [id, mark])),
  };
}

describe('a person with 5,000 subscriptions', () => {
  const all = open();

  // As the last release kept them: all in one row, which the next event makes small.
  beforeAll(async () => {
    await all.object.call(async () => undefined);
    const text = JSON.stringify(await storedPerson(4999));
    all.object.db.prepare('INSERT INTO people (id, person) VALUES (?, ?)').run(KEY, text);
    await all.accept(eventOf(begun(4999)));
  });

  it('has a row under 64 KB, and every subscription still', () => {
    expect(Buffer.byteLength(all.row())).toBeLessThan(64_000);
    expect(Object.keys(all.person().subscriptions).length).toBeGreaterThan(20);
    expect(all.apart() + Object.keys(all.person().subscriptions).length).toBe(5000);
  });

  it('is told nothing twice of the first of them, and what is new once', async () => {
    const before = all.row();
    expect(await all.accept(eventOf(over(7)))).toEqual({ outcome: 'duplicate', messages: 0 });
    expect(all.row()).toBe(before);
    const late = await all.accept(eventOf(bill(7, 'in_late')));
    // The payment, the renewal, and the identify that says what was paid.
    expect(late).toEqual({ outcome: 'accepted', messages: 3 });
    expect(await all.accept(eventOf(bill(7, 'in_late')))).toMatchObject({ outcome: 'duplicate' });
    expect(Buffer.byteLength(all.row())).toBeLessThan(64_000);
    expect(all.apart() + Object.keys(all.person().subscriptions).length).toBe(5000);
  });

  it('is found by any of them, in the row or apart, and by no other', async () => {
    const find = async (by: string) => {
      const looked = await all.object.call(async (code) => code.look({ known: { by, after: '' } }));
      return looked.known?.found;
    };
    await all.accept(eventOf(begun(9000)), 'user_bob');
    expect(await find('sub_7')).toEqual([ADA]);
    expect(await find('sub_4998')).toEqual([ADA]);
    expect(await find('sub_9000')).toEqual(['user_bob']);
    expect(await find('sub_5001')).toEqual([]);
  });

  it('shows all of it to whoever asks, and leaves nothing when they are deleted', async () => {
    expect((await all.held()).filter((table) => table === 'purchases')).toHaveLength(all.apart());
    await all.accept(eventOf(begun(1)));
    const deletion: News = { kind: 'deleted', occurredAt: all.world.now() };
    const event = { provider: 'clerk', id: 'gone', type: 'user.deleted', customerId: null };
    await all.accept({ ...event, news: [deletion] });
    expect(all.apart()).toBe(0);
    await all.world.pass(60_000);
    // What nobody could read is searched for each of them.
    expect(all.erased[0]).toContain('sub_7');
    expect(all.erased[0]).toContain('sub_4999');
  });
});

describe('a person with much else', () => {
  it('with purchases in wide letters has a row under 64 KB in bytes', async () => {
    const { object, accept, row } = open();
    await object.call(async () => undefined);
    // Some 60,000 characters.
    const wide = '限'.repeat(200);
    const text = JSON.stringify(await storedPerson(60)).replaceAll('"sub_', `"sub_${wide}`);
    object.db.prepare('INSERT INTO people (id, person) VALUES (?, ?)').run(KEY, text);
    await accept(eventOf(begun(60)));
    expect(Buffer.byteLength(row())).toBeLessThan(64_000);
  });

  it('with many customers, cards and invoices of nothing known has a row under 64 KB', async () => {
    const { acceptAll, row, person } = open();
    const cards = upTo(200).map((n): PersonEvent => {
      const customerId = `cus_${n % 60}`;
      const card = {
        kind: 'card',
        id: `pm_${n}`,
        asOf: n,
        expiresAt: 1,
        isAttached: true,
      } as const;
      const news: News[] = [
        { ...card, customerId },
        { kind: 'default_method', customerId, asOf: n, id: `pm_${n}` },
      ];
      return { provider: 'stripe', id: `evt_${n}`, type: 'x', customerId, link: 1, news };
    });
    const bills = upTo(240).map((n) => {
      const event = eventOf(bill(n, `in_${n}`), 1);
      return { ...event, customerId: `cus_${n % 60}` };
    });
    await acceptAll([...cards, ...bills]);
    expect(person().customers).toHaveLength(60);
    expect(Buffer.byteLength(row())).toBeLessThan(64_000);
    // Every payment is counted although few are kept.
    const paidInAll = () =>
      Object.values(person().ledgers ?? {}).reduce(
        (sum, { totals }) => sum + (totals['usd'] ?? 0),
        0,
      );
    expect(paidInAll()).toBe(240 * 4900);
    await acceptAll(bills);
    expect(paidInAll()).toBe(240 * 4900);
  });

  it('has put aside what no row can hold, and takes it once something has ended', async () => {
    const { object, accept, row, world } = open();
    let n = 660;
    let last = eventOf(begun(n));
    await object.call(async () => undefined);
    const text = JSON.stringify(await storedPerson(n, false));
    object.db.prepare('INSERT INTO people (id, person) VALUES (?, ?)').run(KEY, text);
    const health = () => object.call(async (code) => code.health());
    while ((await health()).parked === 0 && n < 1000) {
      last = eventOf(begun(n));
      expect((await accept(last)).outcome).toBe('accepted');
      n += 1;
    }
    expect(n).toBeLessThan(700);
    expect(Buffer.byteLength(row())).toBeLessThanOrEqual(512 * 1024);
    const [line] = await object.call(async (code) => code.listParked(0, 10));
    expect(line).toMatchObject({
      reason: 'person_too_large',
      about: 'customer.subscription.created',
    });
    // Sent again by the provider it is not there twice, and nobody else is concerned.
    await accept(last);
    expect((await health()).parked).toBe(1);
    expect(await accept(eventOf(begun(0)), 'user_bob')).toMatchObject({ outcome: 'accepted' });
    // A page of pulled objects is taken but for what does not fit.
    const page = [begun(n), over(1)].map((json) => ({ userId: ADA, event: eventOf(json) }));
    const { takings } = await world.answered(object.call((code) => code.acceptMany(page)));
    expect(takings.map(({ messages }) => messages > 0)).toEqual([false, true]);
    expect((await health()).parked).toBe(2);
    const replay = () => object.call(async (code) => code.replayParked(line?.seq ?? 0));
    expect(await replay()).toBe('person_too_large');
    for (const each of upTo(5)) await accept(eventOf(over(each)));
    expect(await replay()).toBe('replayed');
    expect(row()).toContain(`sub_${n - 1}"`);
    expect((await health()).parked).toBe(1);
  });
});

describe('a customer that moves', () => {
  it('takes along what stands apart, and leaves none of it', async () => {
    const { object, acceptAll, apart, person, accept } = open();
    const events = upTo(150).flatMap((n) => [begun(n), over(n)].map((json) => eventOf(json, 1)));
    await acceptAll(events);
    expect(apart()).toBeGreaterThan(100);
    const customerId = String(events[0]?.customerId);
    const moved = { customerId, version: 5 };
    const facts = await object.call(async (code) => code.closeCustomer(ADA, moved));
    expect(facts.subscriptions).toHaveLength(150);
    await object.call(async (code) => code.gainCustomer('user_bob', moved, facts));
    await object.call(async (code) => code.loseCustomer(ADA, moved));
    expect(person()).toMatchObject({ subscriptions: {}, marks: {} });
    expect(person().earlier).toBeUndefined();
    const of = 'SELECT COUNT(*) AS n FROM purchases WHERE person = ?';
    expect(object.db.prepare(of).get(KEY)).toEqual({ n: 0 });
    expect(Number(object.db.prepare(of).get(personKey('user_bob'))?.['n'])).toBeGreaterThan(100);
    const late = { ...eventOf(over(3)), link: 5 };
    expect(await accept(late, 'user_bob')).toMatchObject({ outcome: 'duplicate' });
  });
});
