// Clerk Billing says nothing of what was before, so whoever comes first tells: the list or the webhook. A relay that comes
// when people have bought for months, that loses one webhook in three, and whose shards die between any two statements while
// lists and webhooks cross, ends as one that heard everything, and tells what has happened since it is there, once.

import { expect, it } from 'vitest';

import type { ApiObject } from '../emulator/population.ts';
import { createRandom } from '../simulation/random.ts';
import { createWorld } from '../simulation/world.ts';
import type { World } from '../simulation/world.ts';
import { billingHistory, heldAfter } from './billing-history.ts';
import type { Change } from './billing-history.ts';
import { openRelayWorld } from './relay-world.ts';
import type { RelayWorld } from './relay-world.ts';

const SEEDS = Number(process.env['SYNC_SEEDS'] ?? 8);
const FIRST = Number(process.env['SYNC_FROM'] ?? 1);

/** Nothing is forgotten while a history of months is played. */
const VARS = { JOURNAL_DAYS: 365 };

/** Before the relay is there. */
const SHARE_BEFORE = 0.4;

/** Clerk's lists over what has happened so far; now and then slow, limited or out of order. */
function apiOf(world: World, happened: readonly Change[], hostility: { chance: number }) {
  return async (_: unknown, address: string): Promise<Response> => {
    const { random } = world;
    await world.wait(random.between(1, 400));
    if (random.chance(hostility.chance)) {
      const status = random.pick([429, 500, 503]);
      return Response.json({}, { status, headers: status === 429 ? { 'retry-after': '2' } : {} });
    }
    const { users, items } = heldAfter(happened);
    const { pathname, searchParams: query } = new URL(address);
    if (pathname === '/v1/instance') return Response.json({ id: 'ins_1' });
    if (pathname === '/v1/users/count') return Response.json({ total_count: users.length });
    if (pathname === '/v1/users') return Response.json(usersIn(users, query));
    const [offset, limit] = [Number(query.get('offset')), Number(query.get('limit'))];
    const data = items.slice(offset, offset + limit);
    // The list is long in coming: what happens meanwhile is not in it.
    await world.wait(random.between(0, 3000));
    return Response.json({ data, total_count: items.length });
  };
}

function usersIn(users: readonly ApiObject[], query: URLSearchParams): readonly ApiObject[] {
  const asked = query.getAll('user_id[]');
  if (asked.length > 0) return users.filter(({ id }) => asked.includes(String(id)));
  if (query.get('order_by') === '-updated_at') {
    return query.get('offset') === '0' ? users.toReversed() : [];
  }
  return users.slice(users.findIndex(({ id }) => id === query.get('starting_after')) + 1);
}

/** One after the other, as they happened. */
async function hears(relay: RelayWorld, { webhooks }: Change): Promise<void> {
  for (const { id, json } of webhooks) await relay.webhook('clerk', json, id);
}

async function done(relay: RelayWorld, work: Promise<void>): Promise<void> {
  let isDone = false;
  void work.finally(() => {
    isDone = true;
  });
  await relay.until(() => isDone);
}

/** The relay that was there from the start: what each change since `startAt` has told, by name. */
async function played(changes: readonly Change[], seed: number) {
  const world = createWorld(seed);
  const relay = openRelayWorld(world, apiOf(world, changes, { chance: 0 }), VARS);
  const told = new Map<Change, string[]>();
  for (const change of changes) {
    const before = new Set(relay.told());
    reach(world, change.at);
    await done(relay, hears(relay, change));
    const now = relay.tracks().filter((track) => !before.has(lineOf(track)));
    if (change.at >= world.startAt) told.set(change, namesOf(now));
  }
  return { traits: relay.traits(), told };
}

function liveFrom(changes: readonly Change[], at: number): number {
  return changes.filter((change) => change.at < at).length;
}

function reach(world: World, at: number): void {
  world.leap(Math.max(0, at - world.now()));
}

/** Changes that one look may see: one a person at the most, because what changed twice between two looks is told as one. */
function epochsOf(changes: readonly Change[]): Change[][] {
  const epochs: Change[][] = [];
  for (const change of changes) {
    const last = epochs.at(-1);
    const isNext = last?.some(({ userId }) => userId === change.userId) ?? true;
    if (isNext) epochs.push([change]);
    else last?.push(change);
  }
  return epochs;
}

/** Comes when a part has happened; loses one webhook in three, hears the others while it pulls. */
async function pulled(changes: readonly Change[], seed: number) {
  const world = createWorld(seed);
  const { random } = world;
  const count = liveFrom(changes, world.startAt);
  const happened = changes.slice(0, count);
  const relay = openRelayWorld(world, apiOf(world, happened, { chance: 0.1 }), VARS);
  const heard = { clerk: world.startAt };
  await relay.sync.call(async (code) => code.visit(heard));
  const missed = new Set<Change>();
  let kind = 'backfill';
  const epochs = epochsOf(changes.slice(count));
  const [first = []] = epochs;
  for (const epoch of epochs) {
    reach(world, epoch.at(-1)?.at ?? 0);
    let open = epoch.length;
    for (const change of epoch) {
      world.after(random.between(0, 20_000), () => {
        happened.push(change);
        if (random.chance(0.33)) {
          missed.add(change);
          open -= 1;
          return;
        }
        world.after(random.pick([0, random.between(0, 30_000)]), () => {
          void hears(relay, change).finally(() => {
            open -= 1;
          });
        });
      });
    }
    const deaths = { left: 6 };
    const kill = (): void => {
      if (deaths.left === 0) return;
      deaths.left -= 1;
      random.pick(relay.all).dieIn(random.between(0, 30));
      world.after(random.between(100, 6000), kill);
    };
    world.after(random.between(0, 2000), kill);
    const job = await relay.runs({ kind, only: 'clerk', since: world.startAt });
    expect(job, `seed ${seed}`).toMatchObject({ state: 'done', problem: null });
    deaths.left = 0;
    await relay.until(() => open === 0);
    kind = 'reconcile';
    await relay.runs({ kind, only: 'clerk', since: world.startAt });
  }
  return { traits: relay.traits(), told: relay.tracks(), missed, first: new Set(first) };
}

it(`tells what has happened since it is there, once, and has everybody as they are, for ${SEEDS} seeds`, async () => {
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const changes = billingHistory(createRandom(seed), createWorld(seed).startAt, SHARE_BEFORE);
    const whole = await played(changes, seed);
    const { traits, told, missed, first } = await pulled(changes, seed);
    expect(withoutBefore(traits), `seed ${seed}`).toEqual(withoutBefore(whole.traits));
    expect(new Set(told.map(({ messageId }) => messageId)).size, `seed ${seed}`).toBe(told.length);
    const unheard = [...whole.told].flatMap(([change, names]) =>
      names.filter((name) =>
        isUnheard(name, { isMissed: missed.has(change), isFirst: first.has(change) }),
      ),
    );
    const said = namesOf(told);
    const never = [...whole.told.values()].flat().filter((each) => !taken(said, each));
    // Who buys in the place of what nobody here has heard of yet has begun, for all that one knows.
    const begun = [...first].map(({ userId }) => `${userId} subscription_started`);
    const falsely = said.filter((each) => !taken(begun, each));
    expect(falsely, `seed ${seed}: told falsely, or twice`).toEqual([]);
    expect(
      never.filter((each) => !taken(unheard, each)),
      `seed ${seed}: never told`,
    ).toEqual([]);
  }
});

/**
 * A list does not know how a purchase began: who was not told by webhook is not told. And what changes while everybody is read for
 * the first time may be the first that is heard of them: nobody knows what was before.
 */
function isUnheard(name: string, { isMissed, isFirst }: { isMissed: boolean; isFirst: boolean }) {
  return name.endsWith('subscription_started')
    ? isMissed
    : isFirst && !name.endsWith('user_created');
}

/** Which plan somebody had before a change nobody has told of is in no list. */
function withoutBefore(people: ReturnType<RelayWorld['traits']>) {
  return Object.entries(people).map(([id, traits]) => [id, { ...traits, previousPlan: null }]);
}

type Track = ReturnType<RelayWorld['tracks']>[number];

function namesOf(tracks: readonly Track[]): string[] {
  return tracks.map(({ userId, event }) => `${userId} ${event}`);
}

function lineOf({ messageId, event }: Track): string {
  return `${messageId} ${event}`;
}

/** Takes one of them away; false where there is none. */
function taken(names: string[], name: string): boolean {
  const place = names.indexOf(name);
  return place >= 0 && names.splice(place, 1).length > 0;
}
