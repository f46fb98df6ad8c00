// Many events at once, of a page that was pulled: a few in each transaction, and whoever comes meanwhile gets in between,
// so that no live webhook waits for a page. They count as nothing heard: whether webhooks come is told by webhooks.

import { hasLeft } from '../../person/membership.ts';
import type { News } from '../../person/news.ts';
import { stateOf } from '../../person/organization.ts';
import { configIn } from '../capability.ts';
import { allLanded } from '../delivery/outlived.ts';
import { armForNews } from '../ring.ts';
import type { Shard } from '../shard.ts';
import type { Tables } from '../tables.ts';
import { accept } from './accept.ts';
import type { Arrival, Taken, Taking } from './arrival.ts';
import type { Recorded } from './recorded.ts';
import { personKey, PersonTooLarge } from './table.ts';
import { parkTooLarge } from './too-large.ts';

/** Some milliseconds of work. */
const TOGETHER_MAX = 50;

/** What sync asks of a shard about its people. */
export function manyCalls(shard: Shard) {
  return {
    acceptMany: (arrivals: readonly Arrival[]) => acceptMany(shard, arrivals),
    userIds: (asked: IdsAsked) => userIdsBehind(shard, asked),
    areKnown: (userIds: readonly string[]) => userIds.map((userId) => isKnown(shard, userId)),
  };
}

/** Each may be repeated. */
async function acceptMany(shard: Shard, arrivals: readonly Arrival[]): Promise<Taken> {
  const { storage, platform } = shard;
  const rowsBefore = storage.rowsWritten();
  const takings: Took[] = [];
  for (let at = 0; at < arrivals.length; at += TOGETHER_MAX) {
    if (at > 0) await platform.wait(0);
    const some = arrivals.slice(at, at + TOGETHER_MAX);
    takings.push(...takeSome(shard, some));
  }
  if (takings.some(({ messages }) => messages > 0)) armForNews(shard);
  // Whoever tells that somebody is deleted, or in an organization no more, removes them or its object next: nothing that would
  // bring either back may land behind that.
  if (arrivals.some(({ event }) => event.news.some(isGone))) await allLanded(shard);
  const pending = storage.tables().journal.lastSeq() - storage.delivery().cursor.seq;
  const owed = takings.reduce((sum, taking) => sum + (taking.owed ?? 0), 0);
  return { takings, pending, rows: storage.rowsWritten() - rowsBefore + owed };
}

type Took = Taking & Pick<Recorded, 'owed'>;

function isGone(news: News): boolean {
  return news.kind === 'member' ? news.change === 'gone' : hasLeft(news);
}

/** Together; one by one where somebody's row gets too large. */
function takeSome(shard: Shard, some: readonly Arrival[]): readonly Took[] {
  const { storage } = shard;
  try {
    return storage.takeIn((tables) => some.map((each) => take(shard, tables, each)));
  } catch (error) {
    const [only, ...others] = some;
    if (!(error instanceof PersonTooLarge) || only === undefined) throw error;
    if (others.length > 0) return some.flatMap((each) => takeSome(shard, [each]));
    return [{ ...parkTooLarge(shard, only, error), isNew: !isKnown(shard, only.userId) }];
  }
}

function take(shard: Shard, tables: Tables, { userId, event, whenNew }: Arrival): Took {
  const isNew = !isKnown(shard, userId);
  const taken = isNew && whenNew !== undefined ? whenNew : event;
  const request = { userId, event: taken, now: shard.platform.now() };
  const { outcome, messages, owed = 0 } = accept(tables, request, configIn(shard).messages);
  return { outcome, messages, isNew, owed };
}

/** As Clerk's: somebody who has only paid so far is not. Who is deleted is known, for ever. */
function isKnown({ storage }: Shard, userId: string): boolean {
  const person = storage.tables().people.find(personKey(userId));
  if (person === null || person === undefined) return person === null;
  return person.user !== null || stateOf(person).facet !== null;
}

/** `next`: behind which key the next page begins; null at the end. */
export type UserIds = { readonly ids: readonly string[]; readonly next: string | null };

/** A page behind `after`, which is empty to begin with, of what this instance (its mark) has told of last. */
export type IdsAsked = { readonly instance: string; readonly after: string; readonly most: number };

function userIdsBehind({ storage }: Shard, { instance, after, most }: IdsAsked): UserIds {
  const { rows, next } = storage.tables().people.page(after, most);
  const ids = rows.flatMap(({ person }) =>
    person?.user?.instance === instance ? [person.userId] : [],
  );
  return { ids, next };
}
