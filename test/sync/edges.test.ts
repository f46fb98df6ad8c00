// Lists at their edges, and providers at their worst: how many there are, a page that leads to itself, a wait without end, a key
// that becomes another one in the middle.

import { describe, expect, it } from 'vitest';

import { clerkEvent } from '../../src/samples/clerk.ts';
import { createWorld } from '../simulation/world.ts';
import { apiOf, HOUR_MS, MINUTE_MS, names, pass, signsUp, takes, userAt } from './heal-world.ts';
import type { Held } from './heal-world.ts';
import { openPulledWorld } from './pulled-world.ts';
import { openRelayWorld } from './relay-world.ts';

describe('a backfill brings everybody', () => {
  it.each([0, 1, 499, 500, 501, 1000])('of %i', async (users) => {
    const { relay, differing } = openPulledWorld({ users, subscriptions: 0 });
    const { state, lists } = await relay.runs({ kind: 'backfill' });
    expect({ state, seen: lists[0]?.seen, total: lists[0]?.total }).toEqual({
      state: 'done',
      seen: users,
      total: users,
    });
    expect(differing()).toEqual([]);
  });

  it.each([100, 101, 200])('of %i subscriptions', async (subscriptions) => {
    const { relay } = openPulledWorld({ users: subscriptions, subscriptions });
    const { lists } = await relay.runs({ kind: 'backfill' });
    const seen = lists.find(({ name }) => name === 'stripe_subscriptions')?.seen;
    expect(seen).toBe(subscriptions);
    const paying = Object.values(relay.traits()).filter(
      ({ subscriptionStatus }) => typeof subscriptionStatus === 'string',
    );
    expect(paying).toHaveLength(subscriptions);
  });
});

it('what changed is read whole, although users are deleted between its pages', async () => {
  const { relay, population, differing } = openPulledWorld(
    { users: 1200, subscriptions: 0 },
    (url) => {
      if (Number(url.searchParams.get('offset') ?? 0) === 0) return undefined;
      // They move all behind them over the border of the page.
      for (let index = 1190; index < 1200; index += 1) population.remove(index);
      return undefined;
    },
  );
  const { lists } = await relay.runs({ kind: 'reconcile', only: 'clerk', since: 1 });
  expect(lists[0]?.name).toBe('clerk_changed');
  expect(differing().filter((id) => population.users.indexOf(id) >= 0)).toEqual([]);
});

describe('a provider that', () => {
  it('shows the same page for ever is asked no more than twelve times, and that is said', async () => {
    let pages = 0;
    const { relay, population } = openPulledWorld({ users: 1200, subscriptions: 0 }, (url) => {
      if (url.searchParams.get('limit') !== '500') return undefined;
      pages += 1;
      const users = Array.from({ length: 500 }, (_, index) => population.users.at(index));
      return Response.json(users);
    });
    await relay.sync.call(async (code) => code.begin({ kind: 'backfill', only: 'clerk' }));
    await relay.until(async () => (await relay.job())?.state === 'paused');
    expect(await relay.job()).toMatchObject({ problem: 'sync_unanswered' });
    expect(pages).toBe(13);
    expect((await relay.job())?.lists[0]?.seen).toBe(500);
  });

  it('asks to wait for years is waited for a day at the most, and is stopped meanwhile', async () => {
    const { relay, world } = openPulledWorld({ users: 5, subscriptions: 0 }, () =>
      Response.json({}, { status: 429, headers: { 'retry-after': '999999999999' } }),
    );
    await relay.sync.call(async (code) => code.begin({ kind: 'backfill', only: 'clerk' }));
    await relay.until(async () => ((await relay.job())?.attempt ?? 0) > 0);
    const waitMs = ((await relay.job())?.notBefore ?? 0) - world.now();
    expect(waitMs).toBeLessThanOrEqual(24 * HOUR_MS);
    await relay.sync.call(async (code) => code.stop());
    expect(await relay.job()).toMatchObject({ state: 'failed', problem: 'stopped' });
  });
});

/** Thirty people by webhook, a relay that has two keys. */
async function twoKeys() {
  const world = createWorld(1);
  const held: Held = { users: [], events: [], asked: [] };
  const relay = openRelayWorld(world, apiOf(held));
  const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
  held.users = all;
  for (const user of all) await signsUp(relay, user, world.now());
  return { world, held, relay, all, heard: { clerk: world.now(), stripe: world.now() } };
}

describe('a key that becomes another instance’s', () => {
  it('between a list and whose it is marks nobody with the other one, who would be deleted there', async () => {
    const { world, held, relay, all, heard } = await twoKeys();
    // Thirty of the other instance, too: one is below any share that looks wrong.
    const others = Array.from({ length: 30 }, (_, index) => userAt(`user_o${index}`, world.now()));
    for (const user of others) {
      const event = clerkEvent('user.created', user, world.now());
      await takes(relay, { ...event, instance_id: 'ins_other' }, String(user['id']));
    }
    await pass(world, relay, 2 * HOUR_MS, heard);
    // One of the first changes, its page is shown, and then the first key is revoked.
    const changed = { ...userAt('user_g0', world.now() - 2 * HOUR_MS), updated_at: world.now() };
    const shown = [changed, ...all.slice(1)];
    held.users = shown;
    held.instead = ({ pathname, searchParams }) => {
      if (pathname !== '/v1/users' || !searchParams.has('order_by')) return null;
      if (held.instance === 'ins_other') return null;
      if (world.now() < changed.updated_at + 61 * MINUTE_MS) return null;
      held.instance = 'ins_other';
      held.users = others;
      return Response.json(shown);
    };
    await pass(world, relay, 40 * HOUR_MS);
    expect(held.instance).toBe('ins_other');
    expect(relay.people().has('user_g0')).toBe(true);
    expect(relay.people().size).toBe(60);
  });
});

describe('nobody is deleted', () => {
  it.each([1, 2, 30])('of %i where everything is 404 or nobody', async (count) => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const all = Array.from({ length: count }, (_, index) => userAt(`user_g${index}`, world.now()));
    for (const user of all) await signsUp(relay, user, world.now());
    await pass(world, relay, 5 * HOUR_MS, { clerk: world.now() });
    expect(relay.people().size).toBe(count);
    held.instead = () => Response.json({}, { status: 404 });
    const { problem } = await pass(world, relay, 30 * HOUR_MS);
    expect(problem).toBe('clerk_rejected');
    expect(relay.people().size).toBe(count);
  });

  it('twice: who is deleted by their webhook between two looks is told so once', async () => {
    const { world, held, relay, all, heard } = await twoKeys();
    held.users = all.slice(1);
    await pass(world, relay, 70 * MINUTE_MS, heard);
    expect(relay.missing()).toBe(1);
    const gone = {
      type: 'user.deleted',
      object: 'event',
      data: { id: 'user_g0', object: 'user', deleted: true },
    };
    await takes(relay, { ...gone, timestamp: world.now(), instance_id: 'ins_1' }, 'gone');
    await pass(world, relay, 5 * HOUR_MS);
    expect(relay.people().has('user_g0')).toBe(false);
    expect([relay.people().size, relay.missing()]).toEqual([29, 0]);
    expect(names(relay).filter((name) => name === 'user_deleted').length).toBeLessThanOrEqual(1);
  });
});

describe('who signs up around the beginning of a backfill is told once', () => {
  it('and whose webhook was lost before it is there and told nothing: that is reconcile’s', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    await relay.sync.call(async (code) => code.visit({ clerk: world.now() - HOUR_MS }));
    held.users = [userAt('user_lost', world.now() - 30 * MINUTE_MS)];
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    expect([relay.people().has('user_lost'), names(relay)]).toEqual([true, []]);
  });

  it.each([-2000, 2000, 3_600_000])(
    'with a clock at Clerk that is %i ms from ours, whichever comes first',
    async (skewMs) => {
      for (const isListedFirst of [true, false]) {
        const world = createWorld(1);
        const held: Held = { users: [], events: [] };
        const relay = openRelayWorld(world, apiOf(held));
        await relay.sync.call(async (code) => code.visit({ clerk: world.now() - HOUR_MS }));
        const user = userAt('user_new', world.now() + skewMs);
        held.users = [user];
        if (!isListedFirst) await signsUp(relay, user, world.now());
        await relay.runs({ kind: 'backfill', only: 'clerk' });
        // Before any webhook, which may be lost: who signs up while it reads is nobody who was there before.
        const told = isListedFirst && skewMs < 0 ? [] : ['user_created'];
        expect(names(relay), `listed first: ${isListedFirst}`).toEqual(told);
        if (isListedFirst) await signsUp(relay, user, world.now());
        expect(names(relay), `listed first: ${isListedFirst}`).toEqual(['user_created']);
      }
    },
  );
});
