// Clerk's users: all of them, the oldest first, so that who signs up meanwhile comes at the end; and those that changed.
// https://clerk.com/docs/reference/backend-api/tag/Users

import { CLERK_PAGE_MAX, clerkLists } from '../../apis/clerk-lists.ts';
import { pacedNet, unanswered } from '../ask.ts';
import type { JobWorld, PageRequest, PageResult } from '../kind.ts';
import { keyOf, pageDone } from '../list.ts';
import type { SourceList } from '../list.ts';
import { sinceOf, untilOf } from '../until.ts';

const PROVIDER = 'clerk';

/** `after`: the last user; `createdAt` (ms) stands in for one who was deleted since. */
type Walk = { readonly after: string | null; readonly createdAt: number };

/** Rows that are read twice, because what is deleted meanwhile moves others over the border. */
const OVERLAP = 20;

export const clerkUsers: SourceList = { name: 'clerk_users', provider: PROVIDER, page: allUsers };
export const clerkChanged: SourceList = {
  name: 'clerk_changed',
  provider: PROVIDER,
  page: changedUsers,
};

export function listsOf(world: JobWorld) {
  const at = keyOf(world.config, PROVIDER);
  if (at === null) return null;
  return clerkLists(at, pacedNet(world, { provider: PROVIDER, key: at.key }));
}

export const KEY_GONE: PageResult = { kind: 'pause', problem: 'sync_key_missing' };

/** The first page asks how many there are. */
async function allUsers(world: JobWorld, asked: PageRequest): Promise<PageResult> {
  const lists = listsOf(world);
  if (lists === null) return KEY_GONE;
  if (asked.cursor === null) return countUsers(lists, asked);
  const walk: Walk = JSON.parse(asked.cursor);
  const askedAt = world.now();
  const answer = await usersBehind(lists, asked, walk);
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const objects = answer.value;
  const last = objects.at(-1);
  const next = { after: String(last?.['id']), createdAt: Number(last?.['created_at'] ?? 0) };
  const cursor = objects.length < CLERK_PAGE_MAX ? null : JSON.stringify(next);
  return pageDone(world, asked, { provider: PROVIDER, objects, askedAt, isBaseline: true, cursor });
}

type Lists = NonNullable<ReturnType<typeof listsOf>>;

async function countUsers(lists: Lists, { request }: PageRequest): Promise<PageResult> {
  const answer = await lists.countUsers({ activeSince: request.activeSince });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const first: Walk = { after: null, createdAt: 0 };
  const total = answer.value.total_count;
  return { kind: 'page', cursor: JSON.stringify(first), counts: { total } };
}

async function usersBehind(lists: Lists, { request }: PageRequest, { after, createdAt }: Walk) {
  const { activeSince } = request;
  const page = { orderBy: '+created_at', limit: CLERK_PAGE_MAX, activeSince } as const;
  if (after === null) return lists.users(page);
  const answer = await lists.users({ ...page, after });
  // They were deleted since: on with whoever was made in the same moment.
  return answer.kind === 'rejected'
    ? lists.users({ ...page, createdSince: createdAt - 1 })
    : answer;
}

/** No list of Clerk's can be asked for what changed since: so by the newest change, until a page is wholly older. */
async function changedUsers(world: JobWorld, asked: PageRequest): Promise<PageResult> {
  const lists = listsOf(world);
  if (lists === null) return KEY_GONE;
  const since = sinceOf(asked.request, world.heard[PROVIDER]);
  const until = untilOf(asked);
  const offset = Number(asked.cursor ?? 0);
  const askedAt = world.now();
  const answer = await lists.users({ orderBy: '-updated_at', limit: CLERK_PAGE_MAX, offset });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const users = answer.value;
  const changedAt = (user: (typeof users)[number]) => Number(user['updated_at'] ?? 0);
  const isLast = users.length < CLERK_PAGE_MAX || users.every((user) => changedAt(user) < since);
  const heardSince = world.heard[PROVIDER] ?? Infinity;
  return pageDone(world, asked, {
    provider: PROVIDER,
    objects: users.filter((user) => changedAt(user) >= since && changedAt(user) <= until),
    askedAt,
    isBaseline: false,
    // Since we are here their sign-up was ours to hear.
    isNew: (user) => Number(user['created_at'] ?? 0) >= heardSince,
    cursor: isLast ? null : String(offset + CLERK_PAGE_MAX - OVERLAP),
  });
}
