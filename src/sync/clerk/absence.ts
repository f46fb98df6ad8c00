// Absence: what Clerk does not show any more was deleted there, and the word of it never came. It is missing in two lists an hour
// apart, then each is asked for alone, and a witness that was there has to be there still, under the same key. Nothing is deleted
// where much is missing: then the list was not whole. All is looked at once a day. Only what the key's own instance has told of
// is looked for: whatever another one has told of, or nobody knows which, is there for all that this key can say.

import { HOUR_MS } from '../../platform/time.ts';
import type { JobWorld, PageRequest, PageResult } from '../kind.ts';
import type { SourceList } from '../list.ts';
import { instanceAsked, PROVIDER } from './subjects.ts';
import type { Subject } from './subjects.ts';

/** Each is a request, and a run has 40. */
const ALONE_MAX = 4;

const LOOK_EVERY_MS = 24 * HOUR_MS;

/** How long something has to be missing. */
const MISSING_MS_MIN = HOUR_MS;

/** More are no deletions. A handful is, where most are there. */
const MISSING_SHARE_MAX = 0.05;
const MISSING_FEW = 3;

/**
 * `instance`: of the key that it began with. `shard`: whose ids are asked for, behind `after`; at the end those that were missing before, behind `after`. `witness`: the first
 * that Clerk has returned.
 */
type Walk = {
  readonly instance: string;
  readonly shard: number;
  readonly after: string;
  readonly asked: number;
  readonly witness?: string | undefined;
};

export function absenceOf(subject: Subject): SourceList {
  const { name, isOfOrganizations } = subject;
  return {
    name,
    provider: PROVIDER,
    isTimeless: true,
    ...(isOfOrganizations && { isOfOrganizations }),
    page: (world, asked) => page(world, subject, asked),
  };
}

async function page(world: JobWorld, subject: Subject, asked: PageRequest): Promise<PageResult> {
  // Looking, too, is noted, and an hour later somebody is deleted for it.
  if (asked.request.dryRun === true) return { kind: 'page', cursor: null, counts: {} };
  const instance = await instanceAsked(world);
  if (typeof instance !== 'string') return instance;
  const walk: Walk =
    asked.cursor === null ? firstOf(world, subject, instance) : JSON.parse(asked.cursor);
  // The key is another one's by now: all anew, in the next round.
  if (walk.instance !== instance) return { kind: 'page', cursor: null, counts: {} };
  const isLooking = walk.shard < world.config.shards;
  return isLooking ? lookAt(world, subject, walk) : deleteSome(world, subject, walk);
}

/**
 * Where all were looked at not long ago, only those are asked for that were missing; all again where they were too many, because
 * the list may be whole by now. Whoever was missing under another instance's key is missing under no other.
 */
function firstOf({ config, missing: all, now }: JobWorld, { of }: Subject, instance: string): Walk {
  const missing = all[of];
  if (missing.seenAt().instance !== instance) {
    missing.forgetAll();
    missing.saw({ at: 0, asked: 0, instance });
  }
  const { at, asked, witness } = missing.seenAt();
  const count = missing.count();
  const isLately = now() - at < LOOK_EVERY_MS && !areTooMany(count, asked);
  if (!isLately || (witness === undefined && count > 0)) {
    return { instance, shard: 0, after: '', asked: 0 };
  }
  return { instance, shard: config.shards, after: '', asked, witness };
}

/** A page of one shard's: what is not returned is noted, with the time. */
async function lookAt(world: JobWorld, subject: Subject, walk: Walk): Promise<PageResult> {
  const missing = world.missing[subject.of];
  const { instance, shard, after, asked } = walk;
  const { ids, next, looked = ids.length } = await subject.ids(world, shard, { instance, after });
  const gone = ids.length === 0 ? { ids } : await missingAmong(world, subject, ids);
  if ('kind' in gone) return gone;
  missing.note(gone.ids, ids, world.now());
  const all = asked + looked;
  const there = ids.find((id) => !gone.ids.includes(id));
  const witness = walk.witness ?? subject.witness?.(ids) ?? there;
  const isLast = next === null && shard + 1 === world.config.shards;
  const about = { instance, asked: all, witness };
  if (isLast) missing.saw({ at: world.now(), ...about });
  const then: Walk =
    next === null ? { ...about, shard: shard + 1, after: '' } : { ...about, shard, after: next };
  return { kind: 'page', cursor: JSON.stringify(then), counts: { seen: ids.length } };
}

/** Those that were missing an hour ago and are still. */
async function deleteSome(world: JobWorld, subject: Subject, walk: Walk): Promise<PageResult> {
  const { now, shards } = world;
  const missing = world.missing[subject.of];
  if (areTooMany(missing.count(), walk.asked)) {
    return { kind: 'fail', problem: 'sync_too_many_gone' };
  }
  const ids = missing.since(now() - MISSING_MS_MIN, walk.after, ALONE_MAX);
  const after = ids.at(-1);
  if (after === undefined) return { kind: 'page', cursor: null, counts: {} };
  const askedAt = now();
  const gone = await goneAmong(world, subject, { ids, walk });
  if ('kind' in gone) return gone;
  const taken = await shards.acceptMany(gone.ids.map((id) => subject.deletionOf(id, askedAt)));
  missing.forget(ids);
  const cursor = JSON.stringify({ ...walk, after } satisfies Walk);
  const changed = taken.takings.filter(({ messages }) => messages > 0).length;
  return { kind: 'page', cursor, counts: { seen: ids.length, changed }, rows: taken.rows };
}

function areTooMany(count: number, asked: number): boolean {
  const isFew = count <= MISSING_FEW && count * 2 < asked;
  return count > asked * MISSING_SHARE_MAX && !isFew;
}

type Gone = { readonly ids: readonly string[] } | PageResult;

/** Which of them a list does not show; or why it has not said so. */
async function missingAmong(
  world: JobWorld,
  subject: Subject,
  ids: readonly string[],
): Promise<Gone> {
  const there = await subject.listed(world, ids);
  return 'kind' in there ? there : { ids: ids.filter((id) => !there.has(id)) };
}

/** Each by itself. The witness comes last: by then any of two keys that one of the others was asked with has shown what it sees. */
async function goneAmong(
  world: JobWorld,
  subject: Subject,
  { ids, walk }: { readonly ids: readonly string[]; readonly walk: Walk },
): Promise<Gone> {
  const { instance, witness } = walk;
  const gone: string[] = [];
  for (const id of ids) {
    const isThere = await subject.isThere(world, id);
    if (typeof isThere !== 'boolean') return isThere;
    if (!isThere) gone.push(id);
  }
  const isSeen =
    gone.length === 0 || (witness !== undefined && (await subject.isThere(world, witness)));
  if (typeof isSeen !== 'boolean') return isSeen;
  if (isSeen) return { ids: gone };
  // It may be deleted itself: the next round looks at all again and finds another one.
  world.missing[subject.of].saw({ at: 0, asked: 0, instance });
  return { kind: 'fail', problem: 'sync_witness_gone' };
}
