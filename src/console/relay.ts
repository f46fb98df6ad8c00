// What the pages know of the relay: every question goes to all shards at once, or to the one that can answer it.

import type { Context } from 'hono';

import type { Config } from '../config/config.ts';
import type { RelayApp } from '../door/ready.ts';
import type { Course, FoundEntry, Looked, Timeline } from '../outbox/looks/looks.ts';
import type { ParkedLine, ParkedThing } from '../outbox/parked/shelf.ts';
import type { RecentWebhook } from '../outbox/recent.ts';
import { linksOf, namespaceIn, outboxOf } from '../platform/namespaces.ts';
import { shardName, shardNames } from '../platform/shards.ts';
import { figuresOf } from '../watch/figures.ts';
import type { ShardFigures } from '../watch/figures.ts';

export type Relay = { readonly env: Cloudflare.Env; readonly config: Config };

/** Whom a route asks. */
export function relayOf(c: Context<RelayApp>): Relay {
  return { env: c.env, config: c.get('config') };
}

export type ShardState = ShardFigures & {
  /** Null: an older release does not say. */
  readonly course: Course | null;
};

/** `id` names it in addresses: the shard and the number there. */
export type Numbered<Thing> = Thing & { readonly id: string };

/** Things that are listed of one shard. */
const LISTED_MAX = 500;

/** Customers of one shard that an object of an older release lists where it is asked about one. */
const QUEUES_MAX = 5000;

/** Links of one person: each is a call, and anybody may become a customer as often as they like. */
const LINKS_MAX = 50;

/** Entries of one shard whose moments are looked at. */
const TRACKS_MAX = 200;

/** Calls of one list, over all shards. */
const LIST_CALLS_MAX = 64;

/** Calls of one search for an email: a request may make a thousand. */
const SEARCH_CALLS_MAX = 200;

export async function statesOf(relay: Relay): Promise<ShardState[]> {
  const [figures, courses] = await Promise.all([
    figuresOf(relay.env, relay.config),
    askEach(relay, async (shard) => (await shard.look({ course: true })).course ?? null),
  ]);
  return figures.map((each, index) => ({ ...each, course: courses[index] ?? null }));
}

/** The newest entries of every shard, the newest first: what the ring has forgotten, too. */
export async function entriesOf(
  relay: Relay,
  asked: { readonly newest: number; readonly before?: number },
): Promise<Numbered<FoundEntry>[]> {
  return fromEach<FoundEntry>(relay, async (shard) => (await shard.look(asked)).newest ?? []);
}

/** What came in not long ago, of every outcome, as far as the shards remember it. */
export async function ringOf(
  relay: Relay,
): Promise<(RecentWebhook & { readonly shard: string })[]> {
  const lists = await askEach(relay, async (shard, name) => {
    const { webhooks } = await shard.recent('');
    return webhooks.map((webhook) => ({ ...webhook, shard: name }));
  });
  return lists.flat();
}

/** All that is parked, shard by shard in the order of parking; `isWhole` false: one request cannot list it all. */
export async function parkedOf(relay: Relay): Promise<{
  readonly things: readonly Numbered<ParkedLine>[];
  readonly isWhole: boolean;
}> {
  const calls = Math.max(1, Math.floor(LIST_CALLS_MAX / relay.config.shards));
  let isWhole = true;
  const things = await fromEach<ParkedLine>(relay, async (shard) => {
    const found: ParkedLine[] = [];
    for (let call = 0; call < calls; call += 1) {
      const lines = await shard.listParked(found.at(-1)?.seq ?? 0, LISTED_MAX);
      found.push(...lines);
      if (lines.length < LISTED_MAX) return found;
    }
    isWhole = false;
    return found;
  });
  return { things, isWhole };
}

/** Those who have waited longest, `most` of them, and how many there are of all. */
export async function waitingOf({ env, config }: Relay, most: number) {
  const links = namespaceIn(env.LINKS, config);
  const parts = await Promise.all(
    shardNames(config).map(async (name) => {
      const shard = links.getByName(name);
      return Promise.all([shard.waiting(most), shard.health()]);
    }),
  );
  const listed = parts.flatMap(([waiting]) => waiting).toSorted((a, b) => a.since - b.since);
  return {
    waiting: listed.slice(0, most),
    events: parts.reduce((all, [, { waiting }]) => all + waiting, 0),
    customers: parts.reduce((all, [, { waitingCustomers }]) => all + waitingCustomers, 0),
  };
}

/** How many events of one customer wait. */
export async function waitingFor({ env, config }: Relay, customerId: string): Promise<number> {
  const waiting = await linksOf(env, config, customerId).waiting(QUEUES_MAX, customerId);
  return waiting.find(({ key }) => key === customerId)?.events ?? 0;
}

export async function timelineOf({ env, config }: Relay, userId: string): Promise<Timeline> {
  const { timeline } = await outboxOf(env, config, userId).look({ timeline: userId });
  return timeline ?? { kind: 'unknown' };
}

export async function entryAt(relay: Relay, id: string): Promise<FoundEntry | null> {
  const at = placeOf(relay, id);
  if (at === null) return null;
  const { entry } = await shardAt(relay, at.shard).look({ entry: at.seq });
  return entry ?? null;
}

/** What the newest entries of every shard told by name: nothing personal. */
export async function newestTracks(relay: Relay) {
  const lists = await askEach(relay, async (shard) => {
    const { newest: [last] = [] } = await shard.look({ newest: 1 });
    return last === undefined ? [] : (await shard.tracks(last.seq - TRACKS_MAX, TRACKS_MAX)).tracks;
  });
  return lists.flat();
}

/** The same of one entry. */
export async function tracksAt(relay: Relay, id: string) {
  const at = placeOf(relay, id);
  return at === null ? [] : (await shardAt(relay, at.shard).tracks(at.seq - 1, 1)).tracks;
}

/** The shard that holds it, and its number there. */
export function parkedShard(relay: Relay, id: string) {
  const at = placeOf(relay, id);
  return at === null ? null : { shard: shardAt(relay, at.shard), seq: at.seq };
}

export async function parkedAt(relay: Relay, id: string): Promise<ParkedThing | null> {
  const at = placeOf(relay, id);
  return at === null ? null : shardAt(relay, at.shard).findParked(at.seq);
}

/** Whose customer, subscription or checkout it is; null where no link says so. */
export async function ownerOf({ env, config }: Relay, customerId: string): Promise<string | null> {
  return (await linksOf(env, config, customerId).link(customerId))?.userId ?? null;
}

/** Their links, each with what has made it; null where it has moved on, or nobody says. Of many the first. */
export function linksAt({ env, config }: Relay, customers: readonly string[]) {
  return Promise.all(
    customers.slice(0, LINKS_MAX).map(async (id) => {
      const link = await linksOf(env, config, id).link(id);
      return { id, source: link?.source ?? null };
    }),
  );
}

/** Who has this email or subscription, in every shard; `isWhole` false: there are more people than one request may look through. */
export async function peopleWith(relay: Relay, by: string) {
  const calls = Math.floor(SEARCH_CALLS_MAX / relay.config.shards);
  const lists = await askEach(relay, async (shard) => {
    const found: string[] = [];
    let after: string | null = '';
    for (let call = 0; call < calls && after !== null; call += 1) {
      const looked: Looked = await shard.look({ known: { by, after } });
      found.push(...(looked.known?.found ?? []));
      after = looked.known?.next ?? null;
    }
    return { found, isWhole: after === null };
  });
  return {
    people: lists.flatMap(({ found }) => found),
    isWhole: lists.every(({ isWhole }) => isWhole),
  };
}

async function fromEach<Thing extends { readonly seq: number }>(
  relay: Relay,
  ask: (shard: ReturnType<typeof shardAt>) => Promise<readonly Thing[]>,
): Promise<Numbered<Thing>[]> {
  const lists = await askEach(relay, async (shard, name) => {
    const things = await ask(shard);
    return things.map((thing) => ({ ...thing, id: `${name}-${thing.seq}` }));
  });
  return lists.flat();
}

/** Every outbox shard the same question, in their order. */
function askEach<Answer>(
  relay: Relay,
  ask: (shard: ReturnType<typeof shardAt>, name: string) => Promise<Answer>,
): Promise<Answer[]> {
  return Promise.all(shardNames(relay.config).map((name) => ask(shardAt(relay, name), name)));
}

/** Null for what is no id of ours: asking a shard that is not in the layout would create it. */
export function placeOf({ config }: Relay, id: string) {
  const [, shard = '', seq = ''] = /^s(\d{1,2})-(\d{1,15})$/.exec(id) ?? [];
  const isOurs = shard !== '' && Number(shard) < config.shards;
  return isOurs ? { shard: shardName(Number(shard)), seq: Number(seq) } : null;
}

export function shardAt({ env, config }: Relay, name: string) {
  return namespaceIn(env.OUTBOX, config).getByName(name);
}
