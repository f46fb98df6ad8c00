// Clerk's users: all of them, the oldest first, so that who signs up meanwhile comes at the end; and those that changed.
// https://clerk.com/docs/reference/backend-api/tag/Users

import { CLERK_PAGE_MAX } from '../../apis/clerk-lists.ts';
import { unanswered } from '../ask.ts';
import type { PageRequest } from '../kind.ts';
import type { Listing, Shown, Source } from '../list.ts';
import { OVERLAP, sinceOf, untilOf } from '../until.ts';
import { ofInstance } from './instance.ts';

const PROVIDER = 'clerk';

/** `after`: the last user; `createdAt` (ms) stands in for one who was deleted since. */
type Walk = { readonly after: string | null; readonly createdAt: number };

export const clerkUsers: Listing = {
  name: 'clerk_users',
  provider: PROVIDER,
  show: ofInstance(showAll),
  taking: ({ heard }, { startedAt }) => ({
    isBaseline: true,
    // Who signs up while everybody is read is nobody who was there before.
    isNew: madeSince(Math.max(startedAt, heard[PROVIDER] ?? Infinity)),
  }),
};

export const clerkChanged: Listing = {
  name: 'clerk_changed',
  provider: PROVIDER,
  show: ofInstance(showChanged),
  // Since we are here their sign-up was ours to hear.
  taking: ({ heard }) => ({ isBaseline: false, isNew: madeSince(heard[PROVIDER] ?? Infinity) }),
};

function madeSince(at: number) {
  return (user: Readonly<Record<string, unknown>>) => Number(user['created_at'] ?? 0) >= at;
}

type Lists = NonNullable<Source['clerk']>;
type World = Pick<Source, 'now' | 'heard'>;

/** The first page asks how many there are. */
async function showAll(clerk: Lists, asked: PageRequest, { now }: World): Promise<Shown> {
  const askedAt = now();
  if (asked.cursor === null) return countUsers(clerk, asked, askedAt);
  const walk: Walk = JSON.parse(asked.cursor);
  const answer = await usersBehind(clerk, asked, walk);
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const objects = answer.value;
  const last = objects.at(-1);
  const next = { after: String(last?.['id']), createdAt: Number(last?.['created_at'] ?? 0) };
  const cursor = objects.length < CLERK_PAGE_MAX ? null : JSON.stringify(next);
  return { kind: 'shown', objects, askedAt, cursor };
}

async function countUsers(lists: Lists, { request }: PageRequest, askedAt: number): Promise<Shown> {
  const answer = await lists.countUsers({ activeSince: request.activeSince });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const first: Walk = { after: null, createdAt: 0 };
  const total = answer.value.total_count;
  return { kind: 'shown', objects: [], askedAt, cursor: JSON.stringify(first), total };
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
async function showChanged(
  clerk: Lists,
  asked: PageRequest,
  { now, heard }: World,
): Promise<Shown> {
  const since = sinceOf(asked.request, PROVIDER, heard);
  const until = untilOf(asked);
  const offset = Number(asked.cursor ?? 0);
  const askedAt = now();
  const answer = await clerk.users({ orderBy: '-updated_at', limit: CLERK_PAGE_MAX, offset });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const users = answer.value;
  const changedAt = (user: (typeof users)[number]) => Number(user['updated_at'] ?? 0);
  const isLast = users.length < CLERK_PAGE_MAX || users.every((user) => changedAt(user) < since);
  return {
    kind: 'shown',
    objects: users.filter((user) => changedAt(user) >= since && changedAt(user) <= until),
    askedAt,
    cursor: isLast ? null : String(offset + CLERK_PAGE_MAX - OVERLAP),
  };
}
