// A customer that moves and brings more than one row or one call takes: the hand-over ends, whatever does not fit. Before, it
// was tried every ten seconds for ever, and so was the closing of whoever had a row that was full.

import { expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import type { CustomerFacts } from '../../src/person/customers.ts';
import type { SubscriptionFacet } from '../../src/person/facet.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { ended, made } from '../support/stripe-life.ts';

const [ADA, BOB] = ['user_ada', 'user_bob'];
const MOVED = { customerId: 'cus_1', version: 5 };
/** Some 760 bytes each: 512 KB are full of so many. */
const FULL = 690;

function open() {
  const world = createWorld(1);
  const object = outboxIn(world, {
    name: 's0',
    network: async () => new Response('{}'),
    vars: () => ({ SHARDS: 1 }),
  });
  const rows = (userId: string, table: string, column: string) =>
    object.db.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).all(personKey(userId));
  return {
    world,
    object,
    person: (userId: string): Person =>
      JSON.parse(String(rows(userId, 'people', 'id')[0]?.['person'])),
    apart: (userId: string) => rows(userId, 'purchases', 'person').length,
    parked: (userId: string) => rows(userId, 'parked', 'person'),
    accept: (event: PersonEvent, userId: string) =>
      world.answered(object.call((code) => code.accept(userId, event))),
    async put(userId: string, subscriptions: readonly SubscriptionFacet[]) {
      await object.call(async () => undefined);
      const person = {
        ...newPerson(userId),
        customers: [...new Set(subscriptions.map(({ customerId }) => String(customerId)))],
        subscriptions: Object.fromEntries(subscriptions.map((facet) => [facet.id, facet])),
      };
      object.db
        .prepare('INSERT OR REPLACE INTO people (id, person) VALUES (?, ?)')
        .run(personKey(userId), JSON.stringify(person));
    },
    /** As the links do it, each step of it twice, or once. */
    async move(times: readonly number[] = [1, 2]): Promise<CustomerFacts> {
      if (times.length > 1) await object.call(async (code) => code.closeCustomer(ADA, MOVED));
      const facts = await object.call(async (code) => code.closeCustomer(ADA, MOVED));
      for (const _ of times) {
        await object.call(async (code) => code.gainCustomer(BOB, MOVED, facts));
      }
      for (const _ of times) await object.call(async (code) => code.loseCustomer(ADA, MOVED));
      return facts;
    },
  };
}

type Opened = ReturnType<typeof open>;

function missing(): never {
  throw new Error('nothing to copy');
}

const upTo = (most: number) => Array.from({ length: most }, (_, n) => n);

function eventOf(json: Parameters<typeof readStripe>[0]['json']): PersonEvent {
  const receivedAt = (CREATED + 9000 * DAY) * 1000;
  const reading = readStripe({ json, deliveryId: null, receivedAt }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  const { id, type, customerId, news } = reading;
  return { provider: 'stripe', id, type, customerId, news, link: 1 };
}

/** Of so many, `name` before their numbers; over since a day each, or running. */
async function facets(
  { accept, person }: Opened,
  most: number,
  about: { readonly name: string; readonly customerId: string; readonly isOver?: true },
): Promise<SubscriptionFacet[]> {
  await accept(eventOf(made(0, { id: 'sub_0' })), 'user_model');
  if (about.isOver) await accept(eventOf(ended(0.5, { id: 'sub_0' })), 'user_model');
  const model = person('user_model').subscriptions['sub_0'];
  if (model === undefined) throw new Error('nothing to copy');
  return upTo(most).map((n) => {
    const id = `${about.name}${n}`;
    const end = about.isOver ? { endedAt: CREATED + n * DAY } : {};
    return { ...model, id, purchaseId: id, customerId: about.customerId, ...end };
  });
}

it('gives what fits, and puts the rest of what runs aside, once, until something has ended', async () => {
  const opened = open();
  const { object, person, apart, parked } = opened;
  await opened.put(BOB, await facets(opened, FULL - 100, { name: 'own_', customerId: 'cus_b' }));
  const running = await facets(opened, 300, { name: 'run_', customerId: 'cus_1' });
  const over = await facets(opened, 300, { name: 'over_', customerId: 'cus_1', isOver: true });
  await opened.put(ADA, [...running, ...over]);
  await opened.move();
  expect(person(ADA).subscriptions).toEqual({});
  expect(apart(ADA)).toBe(0);
  const ids = Object.keys(person(BOB).subscriptions);
  const fitted = ids.filter((id) => id.startsWith('run_'));
  expect(apart(BOB) + ids.filter((id) => id.startsWith('over_')).length).toBe(300);
  const aside = parked(BOB).map((row) => JSON.parse(String(row['content'])));
  const asideIds = aside.flatMap(({ facts }) =>
    facts.subscriptions.map(({ id }: SubscriptionFacet) => id),
  );
  expect(aside.length).toBeGreaterThan(0);
  expect(new Set([...fitted, ...asideIds])).toEqual(new Set(running.map(({ id }) => id)));
  const [line] = await object.call(async (code) => code.listParked(0, 10));
  expect(line).toMatchObject({ reason: 'person_too_large', about: 'hand_over' });
  const replay = () => object.call(async (code) => code.replayParked(line?.seq ?? 0));
  expect(await replay()).toBe('person_too_large');
  // Much of it has ended, and been put apart.
  const left = Object.values(person(BOB).subscriptions).filter(({ id }) => !id.startsWith('own_'));
  await opened.put(BOB, left);
  expect(await replay()).toBe('replayed');
  expect(Object.keys(person(BOB).subscriptions)).toEqual(
    expect.arrayContaining(aside[0].facts.subscriptions.map(({ id }: SubscriptionFacet) => id)),
  );
});

it('stays put aside where the customer has moved on', async () => {
  const opened = open();
  const { object, parked } = opened;
  await opened.put(BOB, await facets(opened, FULL - 10, { name: 'own_', customerId: 'cus_b' }));
  await opened.put(ADA, await facets(opened, 250, { name: 'run_', customerId: 'cus_1' }));
  await opened.move();
  const [line] = await object.call(async (code) => code.listParked(0, 10));
  const before = parked(BOB).length;
  await object.call(async (code) => code.closeCustomer(BOB, { ...MOVED, version: 9 }));
  const replay = object.call(async (code) => code.replayParked(line?.seq ?? 0));
  expect(await replay).toBe('moved');
  expect(parked(BOB)).toHaveLength(before);
});

it('closes whoever has a row that is full, and leaves it no larger', async () => {
  const opened = open();
  const { person } = opened;
  const ours = await facets(opened, FULL, { name: 'own_', customerId: 'cus_a' });
  // To the last character that a row takes.
  const size = () => JSON.stringify(person(ADA)).length;
  await opened.put(ADA, ours);
  const left = 512 * 1024 - size();
  await opened.put(ADA, [
    { ...(ours[0] ?? missing()), plan: 'p'.repeat(Math.max(left, 0) + 50) },
    ...ours.slice(1),
  ]);
  const before = size();
  expect(before).toBeGreaterThan(512 * 1024 - 100);
  await opened.move();
  expect(person(ADA).tenure.closed).toEqual({ cus_1: 5 });
  expect(size()).toBeLessThan(before + 1000);
});

it('hands over no more than a call takes: the oldest of what is over is forgotten', async () => {
  const opened = open();
  const running = await facets(opened, 1, { name: 'run_', customerId: 'cus_1' });
  const over = await facets(opened, 130, { name: 'over_', customerId: 'cus_1', isOver: true });
  const long = '限'.repeat(100_000);
  await opened.put(ADA, [...over.map((facet) => ({ ...facet, plan: long })), ...running]);
  const facts = await opened.move([1]);
  // Two bytes each in a call, which has 32 MiB.
  expect(JSON.stringify(facts).length).toBeLessThan(15_000_000);
  expect(facts.subscriptions.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['run_0', 'over_129', 'over_20']),
  );
  expect(opened.person(ADA).subscriptions).toEqual({});
  const kept = Object.keys(opened.person(BOB).subscriptions).length;
  expect(opened.apart(BOB) + kept).toBe(facts.subscriptions.length);
});
