// What must not happen: somebody deleted who is there, healing that waits for ever behind a key, a provider or another job.

import { describe, expect, it } from 'vitest';

import { clerkEvent } from '../../src/samples/clerk.ts';
import { createWorld } from '../simulation/world.ts';
import { made } from '../support/stripe-life.ts';
import {
  apiOf,
  firstProblem,
  HOUR_MS,
  MINUTE_MS,
  names,
  pass,
  signsUp,
  takes,
  userAt,
} from './heal-world.ts';
import type { Held } from './heal-world.ts';
import { openRelayWorld } from './relay-world.ts';

/** Thirty people who signed up by webhook, and what the providers hold of them. */
async function thirty(more: Readonly<Record<string, unknown>> = {}) {
  const world = createWorld(1);
  const held: Held = { users: [], events: [], asked: [] };
  const relay = openRelayWorld(world, apiOf(held), more);
  const all = Array.from({ length: 30 }, (_, index) => userAt(`user_g${index}`, world.now()));
  held.users = all;
  for (const user of all) await signsUp(relay, user, world.now());
  const heard = { clerk: world.now(), stripe: world.now() };
  return { world, held, relay, all, heard };
}

/** A subscription that began a minute ago and whose webhook never came. */
function lostEvent(now: number, id: string, userId = 'user_g0') {
  const event = made(0, { customer: `cus_${id}`, metadata: { clerkUserId: userId } });
  return { ...event, id: `evt_${id}`, created: Math.floor(now / 1000) };
}

const isAlone = ({ pathname }: URL) => /^\/v1\/users\/\w+$/.test(pathname);

describe('nobody is deleted', () => {
  it('whom a list leaves out, and who is there when asked for alone', async () => {
    const { world, held, relay, all, heard } = await thirty();
    held.users = all.slice(1);
    held.instead = (url) =>
      url.pathname === '/v1/users/user_g0' ? Response.json(all[0] ?? {}) : null;
    await pass(world, relay, 4 * HOUR_MS, heard);
    expect(held.asked).toContain('/v1/users/user_g0');
    expect(relay.people().size).toBe(30);
  });

  it('by a key that became another instance’s at the end of a list', async () => {
    const { world, held, relay, all, heard } = await thirty();
    // The look finds all but the last one; from then on the key sees another instance, that is nobody.
    held.users = all.slice(1);
    await pass(world, relay, 70 * MINUTE_MS, heard);
    held.instead = (url) => {
      if (isAlone(url)) return Response.json({}, { status: 404 });
      return url.pathname === '/v1/users' ? Response.json([]) : null;
    };
    expect(await firstProblem(world, relay)).toBe('sync_witness_gone');
    expect(relay.people().size).toBe(30);
  });

  it('because the witness was deleted; the next rounds find another one, and both are deleted', async () => {
    const { world, held, relay, all, heard } = await thirty();
    held.users = all.slice(1);
    await pass(world, relay, 70 * MINUTE_MS, heard);
    const [before] = all;
    const witness = relay.witness();
    held.users = all.filter((user) => user !== before && user['id'] !== witness);
    expect(await firstProblem(world, relay)).toBe('sync_witness_gone');
    expect(relay.people().size).toBe(30);
    await pass(world, relay, 3 * HOUR_MS);
    expect(relay.people().has(String(before?.['id']))).toBe(false);
    expect(relay.people().has(witness)).toBe(false);
    expect(relay.people().size).toBe(28);
  });
});

describe('people of another instance of Clerk', () => {
  /** Two of thirty-two, below what is too many, by webhooks of another instance; under the key nobody knows them. */
  async function withStrangers() {
    const all = await thirty();
    const { world, relay, heard } = all;
    for (const id of ['user_dev0', 'user_dev1']) {
      const event = clerkEvent('user.created', userAt(id, world.now()), world.now());
      await takes(relay, { ...event, instance_id: 'ins_other' }, id);
    }
    await pass(world, relay, 4 * HOUR_MS, heard);
    return all;
  }

  it('stay, while those of the key’s own are deleted', async () => {
    const { world, held, relay, all } = await withStrangers();
    expect(relay.people().size).toBe(32);
    held.users = all.slice(1);
    await pass(world, relay, 30 * HOUR_MS);
    expect(relay.people().has('user_g0')).toBe(false);
    expect(relay.people().size).toBe(31);
  });

  it('stay under a new key of another one, whoever was missing under the old', async () => {
    const { world, held, relay, all } = await withStrangers();
    // Missing under the old key, not yet for an hour.
    held.users = all.slice(1);
    while (relay.missing() === 0) await pass(world, relay, 5 * MINUTE_MS);
    held.instance = 'ins_other';
    held.users = ['user_dev0', 'user_dev1'].map((id) => userAt(id, world.now()));
    await pass(world, relay, 4 * HOUR_MS);
    expect(relay.people().size).toBe(32);
  });

  it('are not taken for missing where the key is exchanged between two pages of a look', async () => {
    const { world, held, relay, all } = await withStrangers();
    held.instead = ({ pathname, searchParams }) => {
      if (pathname !== '/v1/users' || !searchParams.has('user_id[]')) return null;
      held.instance = 'ins_other';
      held.users = ['user_dev0', 'user_dev1'].map((id) => userAt(id, world.now()));
      delete held.instead;
      return Response.json(all);
    };
    while (held.instead !== undefined) await pass(world, relay, 5 * MINUTE_MS);
    const { problem } = await pass(world, relay, 10 * MINUTE_MS);
    expect({ problem, missing: relay.missing() }).toEqual({ problem: null, missing: 0 });
  });

  it('stay where the key is exchanged again and again', async () => {
    const { world, held, relay, all } = await withStrangers();
    const instances = ['ins_1', 'ins_other'];
    held.users = all.slice(1);
    for (let turn = 0; turn < 30; turn += 1) {
      held.instance = instances[turn % 2] ?? '';
      held.users = turn % 2 === 0 ? all.slice(1) : [userAt('user_dev0', world.now())];
      await pass(world, relay, 65 * MINUTE_MS);
    }
    // Each key has seen its own missing one for less than an hour at a time.
    expect(relay.people().size).toBe(32);
  });

  it('stay where Clerk does not say whose the key is, and so does everybody', async () => {
    const { world, held, relay, all } = await withStrangers();
    held.instead = ({ pathname }) =>
      pathname === '/v1/instance' ? Response.json({}, { status: 404 }) : null;
    held.users = all.slice(1);
    const { problem } = await pass(world, relay, 30 * HOUR_MS);
    expect(problem).toBe('clerk_rejected');
    expect(relay.people().size).toBe(32);
  });

  it('are known by the list that has shown them; where neither said it, they stay', async () => {
    const { world, held, relay, all, heard } = await thirty();
    const { instance_id: _, ...unsaid } = clerkEvent(
      'user.created',
      userAt('user_unsaid', world.now()),
      world.now(),
    );
    await takes(relay, unsaid, 'user_unsaid');
    const listed = userAt('user_listed', world.now());
    held.users = [...all, listed];
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    expect(relay.people().size).toBe(32);
    held.users = all;
    await pass(world, relay, 4 * HOUR_MS, heard);
    expect(relay.people().has('user_listed')).toBe(false);
    expect(relay.people().has('user_unsaid')).toBe(true);
  });
});

describe('healing goes on', () => {
  it('at Clerk while Stripe is out of order, and at Stripe from where it was, when it is back', async () => {
    const { world, held, relay, all, heard } = await thirty();
    await pass(world, relay, 2 * HOUR_MS, heard);
    held.instead = ({ pathname }) =>
      pathname === '/v1/events' ? Response.json({}, { status: 500 }) : null;
    held.events = [lostEvent(world.now() + MINUTE_MS, 'lost')];
    held.users = [userAt('user_lost', world.now() + MINUTE_MS), ...all];
    const { problem } = await pass(world, relay, 4 * HOUR_MS);
    expect(problem).toBe('sync_unanswered');
    expect(relay.people().has('user_lost')).toBe(true);
    expect(names(relay)).not.toContain('subscription_started');
    delete held.instead;
    expect((await pass(world, relay, 2 * HOUR_MS)).problem).toBeNull();
    expect(names(relay)).toContain('subscription_started');
  });

  it('at Stripe while Clerk refuses the key', async () => {
    const { world, held, relay, heard } = await thirty();
    await pass(world, relay, 10 * MINUTE_MS, heard);
    held.instead = ({ pathname }) =>
      pathname.startsWith('/v1/users') ? Response.json({}, { status: 401 }) : null;
    held.events = [lostEvent(world.now(), 'lost')];
    const { problem } = await pass(world, relay, 3 * HOUR_MS);
    expect(problem).toBe('clerk_refused');
    expect(names(relay)).toContain('subscription_started');
  });

  it('in front of a backfill that stands, which goes on when it is set right', async () => {
    const { world, held, relay, all, heard } = await thirty();
    await pass(world, relay, 10 * MINUTE_MS, heard);
    held.instead = ({ pathname }) =>
      pathname === '/v1/subscriptions' ? Response.json({}, { status: 403 }) : null;
    await relay.sync.call(async (code) => code.begin({ kind: 'backfill' }));
    await relay.until(async () => (await relay.job())?.state === 'paused');
    held.users = [userAt('user_lost', world.now() + MINUTE_MS), ...all];
    const { problem } = await pass(world, relay, 3 * HOUR_MS);
    expect(problem).toBe('stripe_refused');
    expect(relay.people().has('user_lost')).toBe(true);
    // Who looks is shown the job that waits for somebody.
    expect(await relay.job()).toMatchObject({ state: 'paused', request: { kind: 'backfill' } });
    const busy = await relay.sync.call(async (code) => code.begin({ kind: 'reconcile', since: 1 }));
    expect(busy.kind).toBe('busy');
    delete held.instead;
    await pass(world, relay, 10 * MINUTE_MS);
    const jobs = await relay.sync.call(async (code) => code.jobs(20));
    expect(jobs.find(({ request }) => request.kind === 'backfill')?.state).toBe('done');
  });

  it('from where an older release has healed to', async () => {
    const { world, held, relay, heard } = await thirty();
    await relay.sync.call(async (code) => code.visit(heard));
    const [early, late] = [world.now(), world.now() + 90 * MINUTE_MS];
    relay.remember('healed_until', late - MINUTE_MS);
    held.events = [lostEvent(early, 'early'), lostEvent(late, 'late', 'user_g1')];
    await pass(world, relay, 4 * HOUR_MS);
    const started = names(relay).filter((name) => name === 'subscription_started');
    expect(started).toHaveLength(1);
  });
});

describe('a job of the operator’s', () => {
  it('says after twelve tries that nobody answers, and goes on by itself', async () => {
    const { world, held, relay, heard } = await thirty();
    held.instead = ({ pathname }) =>
      pathname === '/v1/invoices' ? new Response('<html>', { status: 200 }) : null;
    await relay.sync.call(async (code) => code.begin({ kind: 'backfill' }));
    const { problem } = await pass(world, relay, 90 * MINUTE_MS, heard);
    expect(problem).toBe('sync_unanswered');
    expect(await relay.job()).toMatchObject({ state: 'paused' });
    delete held.instead;
    await pass(world, relay, 10 * MINUTE_MS);
    const jobs = await relay.sync.call(async (code) => code.jobs(20));
    expect(jobs.find(({ request }) => request.kind === 'backfill')?.state).toBe('done');
  });

  it('is refused with a Stripe key of the mode whose events are ignored, and the round leaves it out', async () => {
    const { world, held, relay, heard } = await thirty({
      MODE: 'live',
      STRIPE_SECRET_KEY: 'rk_test_1',
    });
    const begun = await relay.sync.call(async (code) => code.begin({ kind: 'backfill' }));
    expect(begun).toEqual({ kind: 'refused', reason: 'sync_other_mode' });
    const alone = { kind: 'backfill', only: 'clerk' } as const;
    expect((await relay.sync.call(async (code) => code.begin(alone))).kind).toBe('begun');
    await pass(world, relay, 3 * HOUR_MS, heard);
    expect(held.asked?.some((path) => path.startsWith('/v1/events'))).toBe(false);
  });
});

describe('what no endpoint asks for', () => {
  it('is not healed as lost, and few types are asked for by name', async () => {
    const { world, held, relay, heard } = await thirty();
    await pass(world, relay, 10 * MINUTE_MS, heard);
    held.instead = ({ pathname }) =>
      pathname === '/v1/webhook_endpoints'
        ? Response.json({
            data: [
              { url: 'https://other.test/hooks', enabled_events: ['*'] },
              { url: 'https://r.test/webhooks/stripe', enabled_events: ['invoice.paid'] },
            ],
          })
        : null;
    held.events = [lostEvent(world.now(), 'unwanted')];
    await pass(world, relay, 3 * HOUR_MS);
    expect(names(relay)).not.toContain('subscription_started');
    const events = held.asked?.filter((path) => path.startsWith('/v1/events')) ?? [];
    expect(events.every((path) => path.includes('types%5B%5D=invoice.paid'))).toBe(true);
    // A key that may not ask for endpoints takes all.
    held.instead = ({ pathname }) =>
      pathname === '/v1/webhook_endpoints' ? Response.json({}, { status: 403 }) : null;
    held.events = [lostEvent(world.now(), 'wanted')];
    await pass(world, relay, 3 * HOUR_MS);
    expect(names(relay)).toContain('subscription_started');
  });
});
