// Companies of which a part was missed and pulled, through deaths of any shard between any two statements and beside webhooks that
// come late: every member and every organization is what it is where all was played by webhooks, and nothing is told falsely or twice.

import { describe, expect, it } from 'vitest';

import { createRandom } from '../simulation/random.ts';
import { createWorld } from '../simulation/world.ts';
import { apiOf, isSettled, ON, sendAll } from './companies-world.ts';
import { companiesOf } from './companies.ts';
import type { Companies } from './companies.ts';
import { HOUR_MS, pass } from './heal-world.ts';
import { openRelayWorld } from './relay-world.ts';
import type { RelayWorld } from './relay-world.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 8);
async function played(held: Companies, seed: number): Promise<RelayWorld> {
  const world = createWorld(seed);
  const relay = openRelayWorld(world, apiOf(world, held, 0), ON);
  await sendAll(relay, held.webhooks);
  await relay.until(() => isSettled(relay));
  return relay;
}

/** Two of five webhooks never come; of the others half come while everything is pulled. */
async function missedAndPulled(held: Companies, seed: number): Promise<RelayWorld> {
  const world = createWorld(seed);
  const { random } = world;
  const relay = openRelayWorld(world, apiOf(world, held, 0.05), ON);
  let open = 0;
  for (const { provider, json, id } of held.webhooks) {
    if (random.chance(0.4)) continue;
    open += 1;
    const send = async (): Promise<void> => {
      await relay.webhook(provider, json, id);
      open -= 1;
    };
    world.after(random.pick([0, random.between(0, 60_000)]), () => void send());
  }
  const deaths = { left: 12 };
  const kill = (): void => {
    if (deaths.left === 0) return;
    deaths.left -= 1;
    random.pick(relay.all).dieIn(random.between(0, 30));
    world.after(random.between(100, 8000), kill);
  };
  world.after(random.between(0, 2000), kill);
  await relay.runs({ kind: 'backfill' });
  deaths.left = 0;
  await relay.until(() => open === 0);
  await relay.runs({ kind: 'reconcile', since: 1 });
  expect(await relay.job(), `seed ${seed}`).toMatchObject({ state: 'done', problem: null });
  // Who has left without a word is seen twice, an hour apart.
  await pass(world, relay, 4 * HOUR_MS, { clerk: world.now(), stripe: world.now() });
  await relay.until(() => isSettled(relay));
  return relay;
}

/** Who joined and left while nobody listened was never in one: nothing, in the place of traits that are null. */
function traitsOf(relay: RelayWorld): Record<string, unknown> {
  const all = Object.entries(relay.traits()).map(([id, traits]) => {
    const isNone = traits['organizationsCount'] === 0;
    const own = Object.entries(traits).filter(
      ([name]) => !isNone || !name.startsWith('organization'),
    );
    return [id, Object.fromEntries(own)];
  });
  return Object.fromEntries(all);
}

/** What happened, whoever heard of it: of billing, those who had the role by then. */
function happenings(relay: RelayWorld): string[] {
  return relay.messages().flatMap((message) => {
    if (message.type !== 'track' || !('userId' in message)) return [];
    const { event, timestamp, properties, userId } = message;
    const isTheirs = event.startsWith('organization_') || event === 'user_created';
    const of = String(properties['organization_id'] ?? '');
    const by = String(properties['subscription_id']).startsWith('sub_') ? 'stripe' : 'clerk';
    return [`${by} ${event} ${of} ${timestamp}${isTheirs ? ` ${userId}` : ''}`];
  });
}

describe('companies of which a part was missed and pulled', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'are those that were played by webhooks: seed %i',
    async (seed) => {
      const held = companiesOf(createRandom(seed));
      const whole = await played(held, seed);
      const pulled = await missedAndPulled(held, seed);
      expect(traitsOf(pulled), 'traits').toEqual(traitsOf(whole));
      const told = pulled.told();
      expect(new Set(told).size, 'once each').toBe(told.length);
      const [before, after] = [happenings(whole), happenings(pulled)];
      expect(
        after.filter((each) => !before.includes(each)),
        'told falsely',
      ).toEqual([]);
      const never = before.filter((each) => !after.includes(each) && each.startsWith('stripe '));
      expect(never, 'never told').toEqual([]);
    },
  );
});
