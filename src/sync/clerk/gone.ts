// Whom Clerk does not return any more: their deletion never came. They are missing in two lists an hour apart, then each is asked
// for alone, and somebody who was there has to be there still, under the same key. Nobody is deleted where many are missing: then the
// key is another instance's, or the list was not whole. All are looked at once a day.

import { clerkLists } from '../../apis/clerk-lists.ts';
import { clerkApi } from '../../apis/clerk.ts';
import { HOUR_MS } from '../../platform/time.ts';
import { pacedNet, unanswered } from '../ask.ts';
import type { JobWorld, PageRequest, PageResult } from '../kind.ts';
import { KEY_GONE, keyOf } from '../list.ts';
import type { SourceList } from '../list.ts';

const PROVIDER = 'clerk';

/** Ids of one question. https://clerk.com/docs/reference/backend-api/tag/Users */
const IDS_MAX = 100;

/** Each is a request, and a run has 40. */
const ALONE_MAX = 4;

const LOOK_EVERY_MS = 24 * HOUR_MS;

/** How long somebody has to be missing. */
const MISSING_MS_MIN = HOUR_MS;

/** More are no deletions. A handful is, where most are there. */
const MISSING_SHARE_MAX = 0.05;
const MISSING_FEW = 3;

/**
 * `shard`: whose people are asked for, behind `after`; at the end those who were missing before, behind `after`. `witness`: the first
 * whom Clerk has returned.
 */
type Walk = {
  readonly shard: number;
  readonly after: string;
  readonly asked: number;
  readonly witness?: string | undefined;
};

export const clerkGone: SourceList = {
  name: 'clerk_gone',
  provider: PROVIDER,
  isTimeless: true,
  page,
};

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
  const { at, asked, witness } = missing.seenAt();
  const isLately = now() - at < LOOK_EVERY_MS && !areTooMany(missing.count(), asked);
  if (!isLately || witness === undefined) return { shard: 0, after: '', asked: 0 };
  return { shard: config.shards, after: '', asked, witness };
}

/** A page of one shard's people: who is not returned is noted, with the time. */
async function lookAt(world: JobWorld, walk: Walk): Promise<PageResult> {
  const { shard, after, asked } = walk;
  const { ids, next } = await world.shards.userIds(shard, after, IDS_MAX);
  const gone = await missingAmong(world, ids);
  if ('kind' in gone) return gone;
  world.missing.note(gone.ids, ids, world.now());
  const all = asked + ids.length;
  const witness = walk.witness ?? ids.find((id) => !gone.ids.includes(id));
  const isLast = next === null && shard + 1 === world.config.shards;
  if (isLast) world.missing.saw({ at: world.now(), asked: all, witness });
  const about = { asked: all, witness };
  const then: Walk =
    next === null ? { ...about, shard: shard + 1, after: '' } : { ...about, shard, after: next };
  return { kind: 'page', cursor: JSON.stringify(then), counts: { seen: ids.length } };
}

/** Those who were missing an hour ago and are still. */
async function deleteSome(world: JobWorld, walk: Walk): Promise<PageResult> {
  const { missing, now, shards } = world;
  if (areTooMany(missing.count(), walk.asked)) {
    return { kind: 'fail', problem: 'sync_too_many_gone' };
  }
  const ids = missing.since(now() - MISSING_MS_MIN, walk.after, ALONE_MAX);
  const after = ids.at(-1);
  if (after === undefined) return { kind: 'page', cursor: null, counts: {} };
  const gone = await goneAmong(world, ids, walk.witness);
  if ('kind' in gone) return gone;
  const occurredAt = now();
  const taken = await shards.acceptMany(gone.ids.map((userId) => deletionOf(userId, occurredAt)));
  missing.forget(ids);
  const cursor = JSON.stringify({ ...walk, after } satisfies Walk);
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

type Gone = { readonly ids: readonly string[] } | PageResult;

/** Which of them a list does not show; or why it has not said so. */
async function missingAmong(world: JobWorld, ids: readonly string[]): Promise<Gone> {
  if (ids.length === 0) return { ids };
  const at = atClerk(world);
  if (at === null) return KEY_GONE;
  const answer = await clerkLists(...at).users({ ids, limit: IDS_MAX });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const there = new Set(answer.value.map((user) => String(user['id'])));
  return { ids: ids.filter((id) => !there.has(id)) };
}

/** Each by itself. The witness comes last: by then any of two keys that one of the others was asked with has shown what it sees. */
async function goneAmong(
  world: JobWorld,
  ids: readonly string[],
  witness: string | undefined,
): Promise<Gone> {
  const gone: string[] = [];
  for (const id of ids) {
    const isThere = await isUser(world, id);
    if (typeof isThere !== 'boolean') return isThere;
    if (!isThere) gone.push(id);
  }
  const isSeen = gone.length === 0 || (witness !== undefined && (await isUser(world, witness)));
  if (typeof isSeen !== 'boolean') return isSeen;
  if (isSeen) return { ids: gone };
  // They may be deleted themselves: the next round looks at all again and finds another one.
  world.missing.saw({ at: 0, asked: 0, witness: undefined });
  return { kind: 'fail', problem: 'sync_witness_gone' };
}

async function isUser(world: JobWorld, id: string): Promise<boolean | PageResult> {
  const at = atClerk(world);
  if (at === null) return KEY_GONE;
  const answer = await clerkApi(...at).user(id);
  if (answer.kind === 'ok' || answer.kind === 'unreadable') return true;
  const isUnknown = answer.kind === 'rejected' && answer.status === 404;
  return isUnknown ? false : unanswered(PROVIDER, answer);
}

function atClerk(world: JobWorld) {
  const at = keyOf(world.config, PROVIDER);
  return at === null ? null : ([at, pacedNet(world, { provider: PROVIDER, key: at.key })] as const);
}
