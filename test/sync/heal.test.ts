// What heals by itself: an hour of lost webhooks, and people whose deletion never came.

import { describe, expect, it } from 'vitest';

import { createWorld } from '../simulation/world.ts';
import { made } from '../support/stripe-life.ts';
import { apiOf, HOUR_MS, MINUTE_MS, names, pass, signsUp, userAt } from './heal-world.ts';
import type { Held } from './heal-world.ts';
import { openRelayWorld } from './relay-world.ts';

describe('by itself', () => {
  it('an hour of lost webhooks heals, once, and is counted', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const before = userAt('user_before', world.now() - 30 * HOUR_MS);
    const first = userAt('user_first', world.now());
    held.users = [first, before];
    await signsUp(relay, first, world.now());
    const heard = { clerk: world.now(), stripe: world.now() };
    await pass(world, relay, 2 * HOUR_MS, heard);
    const lost = userAt('user_lost', world.now() + MINUTE_MS);
    const created = Math.floor(world.now() / 1000) + 120;
    const event = made(0, { customer: 'cus_lost', metadata: { clerkUserId: 'user_lost' } });
    held.users = [lost, first, before];
    held.events = [{ ...event, created }];
    const sight = await pass(world, relay, 4 * HOUR_MS);
    expect(names(relay)).toEqual(['subscription_started', 'user_created', 'user_created']);
    expect(sight).toMatchObject({ problem: null });
    // Who signed up before the first webhook is nobody's news, and no backfill.
    expect([...relay.people().keys()].toSorted()).toEqual(['user_first', 'user_lost']);
    const jobs = await relay.sync.call(async (code) => code.jobs(20));
    const healed = jobs.map(({ lists }) => lists.reduce((sum, { changed }) => sum + changed, 0));
    expect(healed.reduce((sum, each) => sum + each, 0)).toBe(2);
  });

  it('asks nobody before the first webhook, and leaves the newest hour alone', async () => {
    const world = createWorld(1);
    const held: Held = { users: [userAt('user_old', world.now() - HOUR_MS)], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    await pass(world, relay, 3 * HOUR_MS);
    expect(await relay.job()).toBeUndefined();
    await relay.sync.call(async (code) => code.visit({ clerk: world.now() }));
    held.users = [userAt('user_new', world.now() + MINUTE_MS)];
    await pass(world, relay, HOUR_MS + 10 * MINUTE_MS);
    expect(await relay.job()).toMatchObject({ state: 'done', request: { byCron: true } });
    expect(relay.people().size).toBe(0);
  });

  it('a deletion that never came is told after an hour, asked twice', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
    held.users = all;
    for (const user of all) await signsUp(relay, user, world.now());
    held.users = all.slice(1);
    await pass(world, relay, 70 * MINUTE_MS, { clerk: world.now() });
    expect(relay.people().size).toBe(30);
    await pass(world, relay, 2 * HOUR_MS);
    expect(relay.people().has('user_g0')).toBe(false);
    expect(relay.people().size).toBe(29);
    expect(names(relay)).toContain('User Deleted');
  });

  it('deletes nobody where many are missing', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
    for (const user of all) await signsUp(relay, user, world.now());
    held.users = all.slice(15);
    const heard = { clerk: world.now() };
    const sight = await pass(world, relay, 3 * HOUR_MS, heard);
    expect(sight.problem).toBe('sync_too_many_gone');
    expect(relay.people().size).toBe(30);
  });

  it('looks at all again where many were missing, so that a right key is seen within the hour', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
    for (const user of all) await signsUp(relay, user, world.now());
    const heard = { clerk: world.now(), stripe: world.now() };
    expect((await pass(world, relay, 2 * HOUR_MS, heard)).problem).toBe('sync_too_many_gone');
    held.users = all;
    expect((await pass(world, relay, 2 * HOUR_MS)).problem).toBeNull();
    expect(relay.people().size).toBe(30);
  });

  it('heals what Stripe kept where many are missing at Clerk', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
    for (const user of all) await signsUp(relay, user, world.now());
    const heard = { clerk: world.now(), stripe: world.now() };
    await pass(world, relay, 10 * MINUTE_MS, heard);
    const created = Math.floor(world.now() / 1000);
    const event = made(0, { customer: 'cus_lost', metadata: { clerkUserId: 'user_g0' } });
    held.events = [{ ...event, created }];
    await pass(world, relay, 3 * HOUR_MS);
    expect(names(relay)).toContain('subscription_started');
  });
});

describe('by hand', () => {
  it('without a time begins where the provider was first heard', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const first = userAt('user_first', world.now());
    held.users = [first];
    const event = made(0, { customer: 'cus_first', metadata: { clerkUserId: 'user_first' } });
    held.events = [{ ...event, created: Math.floor(world.now() / 1000) - 20 * 24 * 3600 }];
    await signsUp(relay, first, world.now());
    await relay.sync.call(async (code) => code.visit({ clerk: world.now(), stripe: world.now() }));
    await relay.runs({ kind: 'reconcile' });
    expect(await relay.job()).toMatchObject({ state: 'done' });
    expect(names(relay)).toEqual(['user_created']);
    await relay.runs({ kind: 'reconcile', since: world.now() - 30 * 24 * HOUR_MS });
    expect(names(relay)).toContain('subscription_started');
  });

  it('a dry run deletes nobody', async () => {
    const world = createWorld(1);
    const held: Held = { users: [], events: [] };
    const relay = openRelayWorld(world, apiOf(held));
    const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
    for (const user of all) await signsUp(relay, user, world.now());
    held.users = all.slice(1);
    await relay.runs({ kind: 'reconcile', since: 1, dryRun: true });
    await pass(world, relay, 59 * MINUTE_MS);
    const next = world.now() + 2 * MINUTE_MS;
    world.after(2 * MINUTE_MS, () => undefined);
    await relay.until(() => world.now() >= next);
    await relay.runs({ kind: 'reconcile', since: 1, dryRun: true });
    expect(relay.people().size).toBe(30);
  });
});
