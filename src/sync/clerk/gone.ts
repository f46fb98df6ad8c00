// Whom Clerk does not return any more: their deletion never came. They are asked for twice, an hour apart, and nobody is
// deleted where many are missing: then the key is another instance's, or the list was not whole. All are looked at once a day.

import { HOUR_MS } from '../../platform/time.ts';
import { unanswered } from '../ask.ts';
import type { JobWorld, PageRequest, PageResult } from '../kind.ts';
import type { SourceList } from '../list.ts';
import { KEY_GONE, listsOf } from './users.ts';

const PROVIDER = 'clerk';

/** Ids of one question. https://clerk.com/docs/reference/backend-api/tag/Users */
const IDS_MAX = 100;

const LOOK_EVERY_MS = 24 * HOUR_MS;

/** How long somebody has to be missing. */
const MISSING_MS_MIN = HOUR_MS;

/** More are no deletions. A handful is, where most are there. */
const MISSING_SHARE_MAX = 0.05;
const MISSING_FEW = 3;

/** `shard`: whose people are asked for, behind `after`; at the end those who were missing before, behind `after`. */
type Walk = { readonly shard: number; readonly after: string; readonly asked: number };

export const clerkGone: SourceList = { name: 'clerk_gone', provider: PROVIDER, page };

async function page(world: JobWorld, asked: PageRequest): Promise<PageResult> {
  // Looking, too, is noted, and an hour later somebody is deleted for it.
  if (asked.request.dryRun === true) return { kind: 'page', cursor: null, counts: {} };
  const walk: Walk = asked.cursor === null ? firstOf(world) : JSON.parse(asked.cursor);
  return walk.shard < world.config.shards ? lookAt(world, walk) : deleteSome(world, walk);
}

/**
 * Where all were looked at not long ago, only those are asked for who were missing; all again where they were too many, because
 * the key may be right by now.
 */
function firstOf({ config, missing, now }: JobWorld): Walk {
  const { at, asked } = missing.seenAt();
  const isLately = now() - at < LOOK_EVERY_MS && !areTooMany(missing.count(), asked);
  return { shard: isLately ? config.shards : 0, after: '', asked: isLately ? asked : 0 };
}

/** A page of one shard's people: who is not returned is noted, with the time. */
async function lookAt(world: JobWorld, { shard, after, asked }: Walk): Promise<PageResult> {
  const { ids, next } = await world.shards.userIds(shard, after, IDS_MAX);
  const answer = await missingAmong(world, ids);
  if (!Array.isArray(answer)) return answer;
  world.missing.note(answer, ids, world.now());
  const all = asked + ids.length;
  const isLast = next === null && shard + 1 === world.config.shards;
  if (isLast) world.missing.saw({ at: world.now(), asked: all });
  const walk: Walk =
    next === null
      ? { shard: shard + 1, after: '', asked: all }
      : { shard, after: next, asked: all };
  return { kind: 'page', cursor: JSON.stringify(walk), counts: { seen: ids.length } };
}

/** Those who were missing an hour ago and are still. */
async function deleteSome(world: JobWorld, { asked, after, shard }: Walk): Promise<PageResult> {
  const { missing, now, shards } = world;
  if (areTooMany(missing.count(), asked)) return { kind: 'fail', problem: 'sync_too_many_gone' };
  const ids = missing.since(now() - MISSING_MS_MIN, after, IDS_MAX);
  const last = ids.at(-1);
  if (last === undefined) return { kind: 'page', cursor: null, counts: {} };
  const gone = await missingAmong(world, ids);
  if (!Array.isArray(gone)) return gone;
  const occurredAt = now();
  const taken = await shards.acceptMany(gone.map((userId) => deletionOf(userId, occurredAt)));
  missing.forget(ids);
  const cursor = JSON.stringify({ shard, after: last, asked } satisfies Walk);
  const changed = taken.takings.filter(({ messages }) => messages > 0).length;
  return { kind: 'page', cursor, counts: { seen: ids.length, changed }, rows: taken.rows };
}

function areTooMany(count: number, asked: number): boolean {
  const isFew = count <= MISSING_FEW && count * 2 < asked;
  return count > asked * MISSING_SHARE_MAX && !isFew;
}

function deletionOf(userId: string, occurredAt: number) {
  const about = {
    provider: PROVIDER,
    id: `gone_${userId}`,
    type: 'user.deleted',
    customerId: null,
  };
  return { userId, event: { ...about, news: [{ kind: 'deleted', occurredAt } as const] } };
}

/** Which of them Clerk does not know; or why it has not said so. */
async function missingAmong(
  world: JobWorld,
  ids: readonly string[],
): Promise<string[] | PageResult> {
  if (ids.length === 0) return [];
  const lists = listsOf(world);
  if (lists === null) return KEY_GONE;
  const answer = await lists.users({ ids, limit: IDS_MAX });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const there = new Set(answer.value.map((user) => String(user['id'])));
  return ids.filter((id) => !there.has(id));
}
