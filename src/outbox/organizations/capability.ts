// Organizations: what there is to tell goes to the shards of those it is for, in the order in which it was written, and then
// the members are told how things are, a slice at a time. What it offers to its shard.

import { GONE_VERSION, hasLeft, toldMember } from '../../person/membership.ts';
import type { News } from '../../person/news.ts';
import { stateOf } from '../../person/organization.ts';
import { DAY_MS } from '../../platform/time.ts';
import { configIn, contextIn } from '../capability.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import { allLanded } from '../delivery/outlived.ts';
import { accept } from '../people/accept.ts';
import type { Arrival } from '../people/arrival.ts';
import type { MessageContext } from '../people/recorded.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { goneNews, isAwaited, removeAwaited, removeObject } from './dissolve.ts';
import type { FanOut } from './fan-outs.ts';
import { briefSince } from './large.ts';
import type { Current } from './members.ts';
import type { Notice } from './notices.ts';
import { tellObject } from './objects.ts';
import { weighed } from './weigh.ts';

/** Of each at once: some 10 ms of work in every shard. */
const SLICE = 250;

/** While a shard has more to deliver than this, a fan-out waits: a live webhook would land behind it. */
const PENDING_MAX = 1000;
const PENDING_WAIT_MS = 5000;

export const organizations = {
  name: 'organizations',
  waitsFor: 'interfaces',
  dueAt,
  run: tellSome,
  sweep: (world, now) => {
    const { waitingDays } = configIn(world);
    world.storage.tables().notices.dropWaitingBefore(now - waitingDays * DAY_MS);
  },
} satisfies Capability;

/** Nothing is told under a configuration that cannot be read. */
function dueAt({ storage, configured }: ShardWorld): number | null {
  if (!configured.ok) return null;
  const { notices, fanOuts } = storage.tables();
  return notices.isAny() ? 0 : (fanOuts.next()?.nextAt ?? null);
}

async function tellSome(world: ShardWorld): Promise<void> {
  const { platform, storage, requests } = world;
  if (requests.areSpent()) return;
  const { notices, fanOuts } = storage.tables();
  const some = notices.next(SLICE);
  const fanOut = fanOuts.next();
  if (some.length > 0) {
    await tellNotices(world, some);
  } else if (fanOut !== null && fanOut.nextAt <= platform.now()) {
    await fanOutSlice(world, fanOut);
  }
}

/** Whom an organization's object may go through is known only once their shard has heard of it: so it is made here. */
async function tellNotices(world: ShardWorld, some: readonly Notice[]): Promise<void> {
  const { storage } = world;
  const toOthers = some.filter((notice) => !isAwaited(notice));
  // What is under way through somebody who has left would relate them anew behind the end of it.
  if (toOthers.some(({ event }) => event.news.some(hasLeft))) await allLanded(world);
  if ((await acceptElsewhere(world, toOthers)) === 'later') return;
  const context = contextIn(world);
  const organizationIds = new Set(
    toOthers.flatMap(({ event }) => event.news.flatMap(organizationIn)),
  );
  storage.transaction((tables) => {
    tables.notices.remove(some.map(({ seq }) => seq));
    for (const notice of some) removeAwaited(tables, notice, context);
    for (const id of organizationIds) tellObject(tables, id, context);
  });
}

/**
 * Who turns out to be deleted is in no organization any more. Answers how much the fullest shard has to deliver; `later`: this run
 * may not ask so many, nothing is done.
 */
async function acceptElsewhere(
  world: ShardWorld,
  arrivals: readonly Arrival[],
): Promise<number | 'later'> {
  if (arrivals.length === 0) return 0;
  const { requests, storage } = world;
  const calls = Math.min(arrivals.length, configIn(world).shards);
  if (!requests.areLeft(calls)) return 'later';
  requests.add(calls);
  const { takings, pending } = await world.acceptMany(arrivals);
  const gone = takings.flatMap(({ outcome }, index) =>
    outcome === 'erased' ? [arrivals[index]] : [],
  );
  if (gone.length > 0) {
    storage.transaction((tables) => {
      for (const { userId, event } of gone.filter((each) => each !== undefined)) {
        for (const id of event.news.flatMap(organizationIn)) forget(world, tables, { id, userId });
      }
    });
  }
  return pending;
}

function forget(
  world: ShardWorld,
  tables: Tables,
  { id, userId }: { readonly id: string; readonly userId: string },
): void {
  const now = world.platform.now();
  const event = { provider: 'organization', id, type: 'gone', customerId: null };
  const news = [goneNews(userId, now)];
  accept(tables, { userId: id, event: { ...event, news }, now }, configIn(world).messages);
}

function organizationIn(news: News): string[] {
  return news.kind === 'membership' ? [news.organizationId] : [];
}

async function fanOutSlice(world: ShardWorld, fanOut: FanOut): Promise<void> {
  const { platform, storage } = world;
  const { id, version, cursor } = fanOut;
  if (cursor === '') weigh(world, id);
  const slice = storage.tables().members.page(personKey(id), cursor, SLICE);
  const told = toldIn(world, id, slice);
  const arrivals = told.map(({ userId, news }): Arrival => {
    const event = { provider: 'organization', id, type: 'summary', customerId: null, news: [news] };
    return { userId, event };
  });
  const pending = await acceptElsewhere(world, arrivals);
  if (pending === 'later') return;
  const isLast = slice.length < SLICE;
  const last = slice.at(-1)?.userId ?? cursor;
  storage.transaction((tables) => {
    // A newer version has begun from the beginning meanwhile.
    if (tables.fanOuts.find(id)?.version !== version) return;
    const waitMs = pending > PENDING_MAX ? PENDING_WAIT_MS : 0;
    const nextAt = platform.now() + waitMs;
    if (isLast) tables.fanOuts.remove(id);
    else tables.fanOuts.save({ id, version, cursor: last, nextAt });
    if (version !== GONE_VERSION) tellObject(tables, id, contextIn(world));
    else if (isLast) endOf(tables, id, contextIn(world));
    else tables.members.removeUpTo(personKey(id), last);
  });
}

function endOf(tables: Tables, id: string, context: MessageContext): void {
  tables.members.removeAll(personKey(id));
  removeObject(tables, id, context);
}

/** What is so when the first of them is told holds for all. */
function weigh(world: ShardWorld, id: string): void {
  const { messages } = configIn(world);
  const org = personKey(id);
  world.storage.transaction((tables) => {
    const organization = tables.people.find(org) ?? null;
    if (organization !== null) tables.large.save(org, weighed(tables, organization, messages));
  });
}

/**
 * As it is now, which may be newer than what began the fan-out. Of a large organization those without a role are told that they
 * are in it and no more, under the version since which that is so: told once, it writes nothing.
 */
function toldIn(world: ShardWorld, id: string, slice: readonly Current[]) {
  const { people, large: larges } = world.storage.tables();
  const organization = people.find(personKey(id)) ?? null;
  if (organization === null) {
    const gone = { id, state: { facet: null, version: GONE_VERSION, buyers: {} } };
    return slice.map(({ userId }) => ({ userId, news: toldMember(gone, null, []) }));
  }
  const state = stateOf(organization);
  const large = larges.find(personKey(id));
  return slice.map(({ userId, role, joinedAt }) => {
    const since = briefSince(large, role);
    const version = since ?? state.version;
    const teller = { id, state: { ...state, version }, isBrief: since !== null };
    return { userId, news: toldMember(teller, { role, joinedAt }, []) };
  });
}
