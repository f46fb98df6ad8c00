// What one run of the alarm asks of providers and of other shards: on the Free plan the platform fails the fifty-first.
// https://developers.cloudflare.com/workers/platform/limits/#subrequests

import { describe, expect, it } from 'vitest';

import { createRandom } from '../simulation/random.ts';
import { createWorld } from '../simulation/world.ts';
import { apiOf, ON } from './companies-world.ts';
import { companiesOf } from './companies.ts';
import { openPulledWorld } from './pulled-world.ts';
import { openRelayWorld } from './relay-world.ts';
import type { RelayWorld } from './relay-world.ts';

const FREE_PLAN_MAX = 50;

function mostOf(relay: RelayWorld): number {
  return Math.max(...relay.asked().map(({ fetches, calls }) => fetches + calls));
}

describe.each([4, 16])('with %i shards a run', (shards) => {
  it('of a backfill stays within the Free plan, also where each shard is asked three times', async () => {
    const { relay, population, users } = openPulledWorld(
      { users: 600, subscriptions: 250 },
      ({ host }) => (host.endsWith('.test') ? undefined : Response.json({ success: true })),
      { SHARDS: shards, CUSTOMERIO_TRACK_TOKEN: 'key' },
    );
    // A former name is told to every shard.
    for (let index = 0; index < 600; index += 3) {
      population.change(index, { external_id: `legacy_${index}` });
    }
    await relay.runs({ kind: 'backfill', activeSince: 1 });
    expect(relay.people().size).toBe(users().length);
    const most = mostOf(relay);
    expect(most).toBeLessThanOrEqual(FREE_PLAN_MAX);
    // And makes use of it: an invocation costs, too.
    expect(most).toBeGreaterThan(FREE_PLAN_MAX / 4);
  });

  it('of a round over events, organizations and who is gone stays within it', async () => {
    const world = createWorld(3);
    const held = companiesOf(createRandom(3));
    const relay = openRelayWorld(world, apiOf(world, held, 0), { SHARDS: shards, ...ON });
    await relay.runs({ kind: 'reconcile', since: 1 });
    expect(await relay.job()).toMatchObject({ state: 'done', problem: null });
    held.memberships.splice(0, 4);
    held.users.splice(0, 1);
    await relay.runs({ kind: 'reconcile', since: 1 });
    expect(mostOf(relay)).toBeLessThanOrEqual(FREE_PLAN_MAX);
  });
});

it('that asks whether the shards are rid of what they had brings no page beside it', async () => {
  let isUp = false;
  const { relay, world } = openPulledWorld(
    { users: 2600, subscriptions: 0 },
    ({ host }) => {
      if (host.endsWith('.test')) return undefined;
      return Response.json({ success: true }, { status: isUp ? 200 : 503 });
    },
    { SHARDS: 2, CUSTOMERIO_TRACK_TOKEN: 'key' },
  );
  await relay.sync.call(async (code) => code.begin({ kind: 'backfill', only: 'clerk' }));
  await relay.until(async () => (await relay.job())?.isHeld === true);
  const fullAt = world.now();
  await relay.until(() => world.now() > fullAt + 600_000);
  expect(await relay.job()).toMatchObject({ state: 'running', isHeld: true });
  const looks = relay.asked().length;
  isUp = true;
  await relay.until(async () => (await relay.job())?.state === 'done');
  expect(mostOf(relay)).toBeLessThanOrEqual(FREE_PLAN_MAX);
  expect(relay.asked()[looks]).toEqual({ fetches: 0, calls: 2 });
});
