// What may be gone at Clerk without a word: users, organizations, and who is in them. How each is asked for, and what is told
// where it is gone. https://clerk.com/docs/reference/backend-api

import type { JsonAnswer } from '../../apis/ask-json.ts';
import { clerkLists } from '../../apis/clerk-lists.ts';
import { clerkApi } from '../../apis/clerk.ts';
import { instanceMark } from '../../intake/clerk/envelope.ts';
import type { IdsPage } from '../../outbox/organizations/ids.ts';
import type { Arrival } from '../../outbox/people/arrival.ts';
import type { IdsAsked } from '../../outbox/people/many.ts';
import type { News } from '../../person/news.ts';
import { pacedNet, unanswered } from '../ask.ts';
import type { JobWorld, PageResult } from '../kind.ts';
import { KEY_GONE, keyOf } from '../list.ts';

export const PROVIDER = 'clerk';

/** Ids of one question. https://clerk.com/docs/reference/backend-api/tag/Users */
const IDS_MAX = 100;

type Behind = Omit<IdsAsked, 'most'>;

/** No id is of two of them: a member is `org_... user_...`. */
export type Subject = {
  readonly name: string;
  /** Where those that are missing are noted. */
  readonly of: keyof JobWorld['missing'];
  readonly isOfOrganizations?: true;
  /** A page of those we know, of an instance. */
  readonly ids: (world: JobWorld, shard: number, behind: Behind) => Promise<IdsPage>;
  /** Which of a page a list shows. */
  readonly listed: (
    world: JobWorld,
    ids: readonly string[],
  ) => Promise<ReadonlySet<string> | PageResult>;
  readonly isThere: (world: JobWorld, id: string) => Promise<boolean | PageResult>;
  /** Whom to ask for in the end, where it is none of themselves. */
  readonly witness?: (ids: readonly string[]) => string | undefined;
  readonly deletionOf: (id: string, at: number) => Arrival;
};

export const USERS: Subject = {
  name: 'clerk_gone',
  of: 'users',
  ids: ({ shards }, shard, behind) => shards.userIds(shard, { ...behind, most: IDS_MAX }),
  listed: async (world, ids) => {
    const at = atClerk(world);
    if (at === null) return KEY_GONE;
    return idsIn(await clerkLists(...at).users({ ids, limit: IDS_MAX }), ({ id }) => String(id));
  },
  isThere: async (world, id) => {
    const at = atClerk(world);
    return at === null ? KEY_GONE : isKnown(await clerkApi(...at).user(id));
  },
  deletionOf: (userId, occurredAt) =>
    arrival(userId, 'user.deleted', [{ kind: 'deleted', occurredAt }]),
};

export const ORGANIZATIONS: Subject = {
  name: 'clerk_gone_organizations',
  of: 'organizations',
  isOfOrganizations: true,
  ids: ({ shards }, shard, behind) =>
    shards.idsOf('organizations', shard, { ...behind, most: IDS_MAX }),
  listed: async (world, ids) => {
    const at = atClerk(world);
    if (at === null) return KEY_GONE;
    const answer = await clerkLists(...at).organizationsOf(ids);
    return idsIn(rowsOf(answer), ({ id }) => String(id));
  },
  isThere: async (world, id) => {
    const at = atClerk(world);
    return at === null ? KEY_GONE : isKnown(await clerkApi(...at).organization(id));
  },
  deletionOf: (id, occurredAt) =>
    arrival(id, 'organization.deleted', [{ kind: 'deleted', occurredAt }]),
};

/**
 * Only of organizations that have more members here than Clerk counts: whoever has joined was listed before. Leaving is told by
 * nobody but the webhook, should it still come: no list says when it was, nor which membership has ended.
 */
export const MEMBERS: Subject = {
  name: 'clerk_gone_members',
  of: 'members',
  isOfOrganizations: true,
  ids: ({ shards }, shard, behind) => shards.idsOf('members', shard, { ...behind, most: IDS_MAX }),
  listed: async (world, ids) => {
    const [organizationId = ''] = ids.map((id) => partsOf(id)[0]);
    return membersIn(world, organizationId, ids);
  },
  isThere: async (world, id) => {
    const [organizationId, userId] = partsOf(id);
    if (userId === '') return ORGANIZATIONS.isThere(world, organizationId);
    const there = await membersIn(world, organizationId, [id]);
    return 'kind' in there ? there : there.has(id);
  },
  witness: ([id]) => id && partsOf(id)[0],
  deletionOf: (id, asOf) => {
    const [organizationId, userId] = partsOf(id);
    const nothing = { membershipId: '', role: null, joinedAt: null };
    const left = { kind: 'member', userId, change: 'left', ...nothing, asOf } as const;
    const told = arrival(organizationId, 'organizationMembership.deleted', [left]);
    return { ...told, event: { ...told.event, isSilent: true } };
  },
};

function partsOf(id: string): readonly [organizationId: string, userId: string] {
  const [organizationId = '', userId = ''] = id.split(' ');
  return [organizationId, userId];
}

/** Of an organization that is gone itself all are there: that is its own matter. */
async function membersIn(
  world: JobWorld,
  organizationId: string,
  ids: readonly string[],
): Promise<ReadonlySet<string> | PageResult> {
  const at = atClerk(world);
  if (at === null) return KEY_GONE;
  const users = ids.map((id) => partsOf(id)[1]);
  const answer = await clerkLists(...at).membersOf(organizationId, users);
  if (isUnknown(answer)) return new Set(ids);
  return idsIn(rowsOf(answer), ({ public_user_data: user }) => {
    const isUser = typeof user === 'object' && user !== null && 'user_id' in user;
    return `${organizationId} ${isUser ? String(user.user_id) : ''}`;
  });
}

function arrival(userId: string, type: string, news: readonly News[]): Arrival {
  const event = { provider: PROVIDER, id: `gone_${userId}`, type, customerId: null, news };
  return { userId, event };
}

type Json = Readonly<Record<string, unknown>>;

function rowsOf(
  answer: JsonAnswer<{ readonly data: readonly Json[] }>,
): JsonAnswer<readonly Json[]> {
  return answer.kind === 'ok' ? { ...answer, value: answer.value.data } : answer;
}

function idsIn(
  answer: JsonAnswer<readonly Json[]>,
  idOf: (object: Json) => string,
): ReadonlySet<string> | PageResult {
  return answer.kind === 'ok' ? new Set(answer.value.map(idOf)) : unanswered(PROVIDER, answer);
}

function isUnknown(answer: JsonAnswer<unknown>): boolean {
  return answer.kind === 'rejected' && answer.status === 404;
}

function isKnown(answer: JsonAnswer<unknown>): boolean | PageResult {
  if (answer.kind === 'ok' || answer.kind === 'unreadable') return true;
  return isUnknown(answer) ? false : unanswered(PROVIDER, answer);
}

/** The mark of the instance that the key is of. */
export async function instanceAsked(world: JobWorld): Promise<string | PageResult> {
  const at = atClerk(world);
  if (at === null) return KEY_GONE;
  const answer = await clerkLists(...at).instance();
  return answer.kind === 'ok' ? instanceMark(answer.value.id) : unanswered(PROVIDER, answer);
}

function atClerk(world: JobWorld) {
  const at = keyOf(world.config, PROVIDER);
  return at === null ? null : ([at, pacedNet(world, { provider: PROVIDER, key: at.key })] as const);
}
