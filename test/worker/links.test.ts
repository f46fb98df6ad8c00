// The Links object in workerd: whose event it is, and what waits to know.

import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import type { LinkClaim, PersonEvent } from '../../src/person/news.ts';

function claim(customerId: string, userId: string, more: Partial<LinkClaim> = {}): LinkClaim {
  return { customerId, userId, source: 'test', asOf: 1000, mayMove: true, ...more };
}

function checkout(customerId: string, id: string): PersonEvent {
  const moment = {
    name: 'checkout_completed',
    key: ['checkout_completed', id],
    keyAt: 1000,
    occurredAt: Date.now(),
    subscriptionId: null,
    properties: {},
    once: 'seen',
  } as const;
  return {
    provider: 'stripe',
    id,
    type: 'checkout.session.completed',
    customerId,
    news: [{ kind: 'moment', moment }],
  };
}

function arrive(customerId: string, id: string, claims: LinkClaim[] = []) {
  return { customerId, userId: null, claims, event: checkout(customerId, id) };
}

describe('Links', () => {
  it('keeps the events of an unknown customer and releases them once the link is learnt', async () => {
    const links = env.LINKS.getByName(crypto.randomUUID());
    const userId = `user_${crypto.randomUUID().replaceAll('-', '')}`;
    expect((await links.place(arrive('cus_1', 'cs_1'))).kind).toBe('waiting');
    expect((await links.place(arrive('cus_1', 'cs_2'))).kind).toBe('waiting');
    await evictDurableObject(links);
    const before = (await env.OUTBOX.getByName('s0').health()).pending;
    await links.learn([claim('cus_1', userId)]);
    await runDurableObjectAlarm(links);
    expect((await links.health()).waiting).toBe(0);
    expect((await env.OUTBOX.getByName('s0').health()).pending - before).toBe(2);
  });

  it('queues what comes later behind what is waiting, also when it brings the link itself', async () => {
    const links = env.LINKS.getByName(crypto.randomUUID());
    await links.place(arrive('cus_1', 'cs_1'));
    const bringing = arrive('cus_1', 'cs_2', [claim('cus_1', 'user_queue')]);
    expect((await links.place(bringing)).kind).toBe('waiting');
    // Its alarm is due: one that outlives its test can keep the test runner from ending.
    await runDurableObjectAlarm(links);
  });

  it('answers the person at once when the link is known', async () => {
    const links = env.LINKS.getByName(crypto.randomUUID());
    await links.learn([claim('cus_1', 'user_a')]);
    const placement = await links.place(arrive('cus_1', 'cs_1'));
    expect(placement).toMatchObject({ kind: 'person', userId: 'user_a' });
  });

  it('moves a link for newer news only, and never for what a buyer can edit', async () => {
    const links = env.LINKS.getByName(crypto.randomUUID());
    await links.learn([claim('cus_1', 'user_a', { asOf: 2000 })]);
    await links.learn([claim('cus_1', 'user_b', { asOf: 1000 })]);
    await links.learn([claim('cus_1', 'user_c', { asOf: 9000, mayMove: false })]);
    expect(await links.place(arrive('cus_1', 'cs_1'))).toMatchObject({ userId: 'user_a' });
    await links.learn([claim('cus_1', 'user_d', { asOf: 3000 })]);
    expect(await links.place(arrive('cus_1', 'cs_2'))).toMatchObject({ userId: 'user_d' });
  });
});
