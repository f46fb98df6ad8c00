// The Links shard in workerd: whose event it is, what waits to know, and what becomes of a link that moves or whose
// person is deleted, through evictions.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';

import type { Links } from '../../src/links/links.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import {
  checkout,
  claim,
  deletion,
  newCustomer,
  newUser,
  subscribed,
} from '../support/person-events.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const sent = collectSent(settle);
let links: DurableObjectStub<Links>;

beforeEach(() => {
  // The one shard of this project: other tests' customers are other customers.
  links = env.LINKS.getByName('s0');
});

function outbox() {
  return env.OUTBOX.getByName('s0');
}

function arrive(customerId: string, event: PersonEvent, claims = [] as ReturnType<typeof claim>[]) {
  return { customerId, userId: null, claims, event };
}

/** What landed for a person, in order: by session where it is a checkout. */
function tracksOf(userId: string): unknown[] {
  return sent.messages
    .filter((each) => each['userId'] === userId && each['type'] === 'track')
    .map(({ event, properties }) => (properties as { session?: string }).session ?? event);
}

function newestTraits(userId: string): Record<string, unknown> {
  const identifies = sent.messages.filter(
    (each) => each['userId'] === userId && each['type'] === 'identify',
  );
  return (identifies.at(-1)?.['traits'] ?? {}) as Record<string, unknown>;
}

async function linkRow(customerId: string) {
  return links.link(customerId);
}

describe('Links', () => {
  it('keeps the events of an unknown customer through an eviction and releases them in order, once', async () => {
    const [customer, user] = [newCustomer(), newUser()];
    expect((await links.place(arrive(customer, checkout(customer, 'a')))).kind).toBe('waiting');
    expect((await links.place(arrive(customer, checkout(customer, 'b')))).kind).toBe('waiting');
    // The provider's retry is in the queue already.
    expect((await links.place(arrive(customer, checkout(customer, 'a')))).kind).toBe('waiting');
    await evictDurableObject(links);
    await links.learn([claim(customer, user)]);
    await evictDurableObject(links);
    await settle();
    expect(tracksOf(user)).toEqual(['a', 'b']);
    expect(await links.waiting(10)).toEqual([]);
  });

  it('queues what comes later behind what is waiting, also when it brings the link itself', async () => {
    const [customer, user] = [newCustomer(), newUser()];
    await links.place(arrive(customer, checkout(customer, 'a')));
    const bringing = arrive(customer, checkout(customer, 'b'), [claim(customer, user)]);
    expect((await links.place(bringing)).kind).toBe('waiting');
    await settle();
    expect(tracksOf(user)).toEqual(['a', 'b']);
    expect(await links.place(arrive(customer, checkout(customer, 'c')))).toMatchObject({
      kind: 'person',
      userId: user,
    });
  });

  it('accepts again what a crash left in the queue after the outbox had it, and nothing comes of it twice', async () => {
    const [customer, user] = [newCustomer(), newUser()];
    await links.place(arrive(customer, checkout(customer, 'a')));
    await outbox().accept(user, { ...checkout(customer, 'a'), link: Date.now() });
    await links.learn([claim(customer, user)]);
    await settle();
    expect(tracksOf(user)).toEqual(['a']);
  });

  it('hands over what a customer brought when its link moves, and the old person is told', async () => {
    const [customer, before, after] = [newCustomer(), newUser(), newUser()];
    await links.learn([claim(customer, before, { asOf: 1000 })]);
    await deliver(customer, subscribed(customer));
    await settle();
    expect(newestTraits(before)).toMatchObject({
      plan: 'pro',
      mrr: 49,
      stripeCustomerId: customer,
    });
    await links.learn([claim(customer, after, { asOf: 2000 })]);
    await evictDurableObject(links);
    await settle();
    expect(newestTraits(after)).toMatchObject({ plan: 'pro', mrr: 49, stripeCustomerId: customer });
    expect(newestTraits(before)).toMatchObject({
      plan: null,
      mrr: 0,
      subscriptionId: null,
      stripeCustomerId: null,
    });
    expect((await links.health()).counters.handedOver).toBeGreaterThan(0);
  });

  it('refuses an event that was on its way to the old person, so that it is placed again', async () => {
    const [customer, before, after] = [newCustomer(), newUser(), newUser()];
    await links.learn([claim(customer, before, { asOf: 1000 })]);
    const placed = await links.place(arrive(customer, subscribed(customer)));
    await links.learn([claim(customer, after, { asOf: 2000 })]);
    await settle();
    if (placed.kind !== 'person' || placed.link === undefined) throw new Error('expected a person');
    const late = await outbox().accept(before, { ...subscribed(customer), link: placed.link });
    expect(late.outcome).toBe('moved');
  });

  it('leaves a subscription that names its person itself where it is when the link moves', async () => {
    const [customer, payer, named, after] = [newCustomer(), newUser(), newUser(), newUser()];
    await links.learn([claim(customer, payer, { asOf: 1000 })]);
    await outbox().accept(named, subscribed(customer));
    await links.learn([claim(customer, after, { asOf: 2000 })]);
    await links.learn([claim(customer, named, { asOf: 3000 })]);
    await links.learn([claim(customer, after, { asOf: 4000 })]);
    await settle();
    const view = await outbox().view(named);
    expect(view.kind === 'person' && Object.keys(view.person.subscriptions)).toHaveLength(1);
  });

  it('moves a link for newer news only, never for what a buyer can edit, and not for a replay', async () => {
    const customer = newCustomer();
    await links.learn([claim(customer, 'user_a', { asOf: 2000 })]);
    await links.learn([claim(customer, 'user_b', { asOf: 1000 })]);
    await links.learn([claim(customer, 'user_c', { asOf: 9000, mayMove: false })]);
    await links.learn([claim(customer, 'user_d', { asOf: 2000 })]);
    expect((await linkRow(customer))?.userId).toBe('user_a');
    await links.learn([claim(customer, 'user_d', { asOf: 3000 })]);
    expect((await linkRow(customer))?.userId).toBe('user_d');
    // A clock ahead of ours pins nothing.
    await links.learn([claim(customer, 'user_e', { asOf: Date.now() + 86_400_000 })]);
    expect((await linkRow(customer))?.asOf).toBeLessThanOrEqual(Date.now());
  });

  it('gives a place that may only create no say against one that may move, whichever came first', async () => {
    const customer = newCustomer();
    await links.learn([claim(customer, 'user_a', { asOf: 9000, mayMove: false })]);
    await links.learn([claim(customer, 'user_b', { asOf: 1000 })]);
    expect((await linkRow(customer))?.userId).toBe('user_b');
  });

  it('drops what has waited too long, with a count, and not what is about to be released', async () => {
    const [customer, other] = [newCustomer(), newCustomer()];
    await links.place(arrive(customer, checkout(customer, 'a')));
    await links.place(arrive(other, checkout(other, 'b')));
    await runInDurableObject(links, (_, state) => {
      state.storage.sql.exec('UPDATE waiting SET at = 0');
      state.storage.sql.exec('UPDATE queues SET since = 0');
    });
    await links.learn([claim(other, 'user_other')]);
    const before = (await links.health()).counters.expired;
    await links.sweep();
    expect((await links.health()).counters.expired - before).toBeLessThanOrEqual(2);
    expect((await links.waiting(10)).map(({ key }) => key)).not.toContain(customer);
    await settle();
    expect(tracksOf('user_other')).toEqual(['b']);
  });

  it('forgets a link by hand, takes its facets away, and waits for the next', async () => {
    const [customer, wrong, right] = [newCustomer(), newUser(), newUser()];
    await links.linkByHand(customer, wrong);
    await deliver(customer, subscribed(customer));
    expect(await links.forgetLink(customer)).toBe(true);
    await settle();
    expect(newestTraits(wrong)).toMatchObject({ plan: null, subscriptionsCount: 0 });
    expect((await links.place(arrive(customer, checkout(customer, 'a')))).kind).toBe('waiting');
    await links.linkByHand(customer, right);
    await settle();
    expect(tracksOf(right)).toEqual(['a']);
  });
});

describe('a deleted person', () => {
  it('stays deleted: links are marks, entries are empty, a renewal on day 120 and late news bring nothing back', async () => {
    const [customer, user] = [newCustomer(), newUser()];
    await links.learn([claim(customer, user, { asOf: 1000 })]);
    await deliver(customer, subscribed(customer));
    await settle();
    await outbox().accept(user, deletion());
    await evictDurableObject(outbox());
    await settle();
    await evictDurableObject(links);
    expect(await linkRow(customer)).toMatchObject({ userId: null });
    const rows = await runInDurableObject(outbox(), (_, state) =>
      JSON.stringify(dump(state.storage.sql)),
    );
    const linkRows = await runInDurableObject(links, (_, state) =>
      JSON.stringify(dump(state.storage.sql)),
    );
    const removal = /"messages":"\[\{[^\]]*User Deleted[^\]]*\]"/g;
    expect(rows.replaceAll(removal, '')).not.toContain(user);
    expect(linkRows).not.toContain(user);
    sent.messages = [];
    // 120 days later, by every way that could lead to them.
    expect((await links.place(arrive(customer, checkout(customer, 'renewal')))).kind).toBe(
      'erased',
    );
    await links.learn([claim(customer, user, { asOf: Date.now() })]);
    expect((await links.place(arrive(customer, checkout(customer, 'r2')))).kind).toBe('erased');
    expect((await outbox().accept(user, checkout(customer, 'r3'))).outcome).toBe('erased');
    await settle();
    expect(sent.messages).toEqual([]);
    expect((await links.health()).counters.erased).toBeGreaterThanOrEqual(2);
  });

  it('takes what waits for them out of the queue, also when the link is learnt after the deletion', async () => {
    const [customer, user] = [newCustomer(), newUser()];
    await links.place(arrive(customer, checkout(customer, 'a')));
    await outbox().accept(user, deletion());
    await links.learn([claim(customer, user)]);
    await settle();
    expect(tracksOf(user)).toEqual(['User Deleted']);
    expect(await links.waiting(100)).toEqual([]);
    expect(await linkRow(customer)).toMatchObject({ userId: null });
  });

  it('has nothing of a living owner taken away because metadata still names them, also while it waits', async () => {
    const [customer, dead, alive] = [newCustomer(), newUser(), newUser()];
    await outbox().accept(dead, deletion());
    await links.place(arrive(customer, checkout(customer, 'first')));
    const naming = { ...arrive(customer, subscribed(customer)), userId: dead };
    expect((await links.place(naming)).kind).toBe('waiting');
    await links.learn([claim(customer, alive)]);
    await settle();
    expect(tracksOf(alive)).toEqual(['first']);
    expect(newestTraits(alive)).toMatchObject({ plan: 'pro', stripeCustomerId: customer });
    expect(await links.waiting(100)).toEqual([]);
  });

  it('leaves the customer to a new sign-up for what a buyer can edit only if it is newer than the deletion', async () => {
    const [customer, user, again] = [newCustomer(), newUser(), newUser()];
    await links.learn([claim(customer, user, { asOf: 1000 })]);
    await outbox().accept(user, deletion());
    await settle();
    // While the account lived, such a claim had no say against its link, and a late one has none either.
    await links.learn([claim(customer, again, { asOf: 2000, mayMove: false })]);
    expect((await linkRow(customer))?.userId).toBeNull();
    await links.learn([claim(customer, again, { asOf: Date.now() + 1000, mayMove: false })]);
    await deliver(customer, checkout(customer, 'again'));
    await settle();
    expect(tracksOf(again)).toEqual(['again']);
    expect(tracksOf(user)).toEqual(['User Deleted']);
  });

  it.each(['claim first', 'deletion first'])(
    'leaves the customer to the account it was merged into: %s',
    async (order) => {
      const [customer, merged, kept] = [newCustomer(), newUser(), newUser()];
      await links.learn([claim(customer, merged, { asOf: 1000 })]);
      // Clerk said so before it deleted the other account; which webhook comes first is chance.
      const steps = [
        () => links.learn([claim(customer, kept, { asOf: 2000 })]),
        () => outbox().accept(merged, deletion()),
      ];
      for (const step of order === 'claim first' ? steps : steps.toReversed()) {
        await step();
        await settle();
      }
      // What is older than the link they had has no say: it would not have moved it.
      await links.learn([claim(customer, newUser(), { asOf: 500 })]);
      await deliver(customer, subscribed(customer));
      await settle();
      expect((await linkRow(customer))?.userId).toBe(kept);
      expect(newestTraits(kept)).toMatchObject({ plan: 'pro', stripeCustomerId: customer });
    },
  );

  it('takes the customer from nobody who has it since, by metadata that still names them', async () => {
    const [customer, dead, alive] = [newCustomer(), newUser(), newUser()];
    await links.learn([claim(customer, dead, { asOf: 1000 })]);
    await outbox().accept(dead, deletion());
    await settle();
    await links.learn([claim(customer, alive, { asOf: 2000 })]);
    await deliver(customer, subscribed(customer));
    // Of a living owner's newer claim the hash is left as well.
    await links.learn([claim(customer, alive, { asOf: 3000 })]);
    await links.learn([claim(customer, dead, { asOf: Date.now() + 1000 })]);
    expect((await linkRow(customer))?.userId).toBe(alive);
    await deliver(customer, checkout(customer, 'on'));
    await settle();
    expect(tracksOf(alive)).toEqual(['on']);
    expect(newestTraits(alive)).toMatchObject({ plan: 'pro', stripeCustomerId: customer });
  });
});

/** As the door does: place, then accept. */
async function deliver(customerId: string, event: PersonEvent): Promise<void> {
  const placement = await links.place(arrive(customerId, event));
  if (placement.kind !== 'person') throw new Error(`expected a person, got ${placement.kind}`);
  const { kind: _, userId, ...placed } = placement;
  await outbox().accept(userId, { ...event, ...placed });
}

function dump(sql: SqlStorage): unknown[] {
  const tables = sql
    .exec(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf*'`)
    .toArray();
  return tables.flatMap(({ name }) => sql.exec(`SELECT * FROM "${String(name)}"`).toArray());
}
