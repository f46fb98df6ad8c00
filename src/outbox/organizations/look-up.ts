// Look up: Clerk is asked for an organization of which it has told nothing, and for those in it who hear what has happened. What it
// offers to its shard. Without a key nothing is asked: then it waits for a webhook, as it does where Clerk knows none.

import type { Failure } from '../../apis/ask-json.ts';
import { backoffMs } from '../../apis/backoff.ts';
import { clerkApi } from '../../apis/clerk.ts';
import type { ClerkMembership, ClerkOrganization } from '../../apis/clerk.ts';
import { RANK } from '../../person/facet.ts';
import { cleanText } from '../../person/fitting-text.ts';
import type { News } from '../../person/news.ts';
import { stateOf } from '../../person/organization.ts';
import { configIn } from '../capability.ts';
import type { Capability, ShardWorld } from '../capability.ts';
import { accept } from '../people/accept.ts';
import type { LookUpRow } from './look-ups.ts';

/** As whose customer it is: four times longer each time, from seconds to a day, a quarter of it left to chance. */
const BACKOFF = { msMin: 5000, msMax: 86_400_000, factor: 4, chance: 0.25 };

/** Clerk answers nobody now, with no hint of when it will. */
const PAUSE_MS = 60_000;

export const lookUps = {
  name: 'look_ups',
  waitsFor: 'interfaces',
  dueAt: (world) =>
    keyOf(world) === null ? null : (world.storage.tables().lookUps.next()?.nextAt ?? null),
  run: lookUpOne,
} satisfies Capability;

/** Nobody is asked where organizations are off. */
function keyOf({ configured }: ShardWorld) {
  if (!configured.ok || configured.config.messages.organizations === undefined) return null;
  const { key, baseUrl } = configured.config.lookups.clerk;
  return key === null ? null : { key, baseUrl };
}

async function lookUpOne(world: ShardWorld): Promise<void> {
  const { platform, storage, requests } = world;
  const row = storage.tables().lookUps.next();
  if (row === null || row.nextAt > platform.now() || requests.areSpent()) return;
  // What waited has waited too long.
  if (!storage.tables().notices.isWaiting(row.org)) return storage.tables().lookUps.remove(row.org);
  const answer = await ask(world, row);
  const told = { stage: 'outbox', decision: 'organization_asked', shard: platform.name };
  platform.log({ ...told, found: 'news' in answer ? 'ok' : answer.kind });
  if ('news' in answer) write(world, row, answer.news);
  else later(world, row, answer);
}

type Answer = { readonly news: readonly News[] } | Failure;

async function ask(world: ShardWorld, { id, org }: LookUpRow): Promise<Answer> {
  const { now, fetch, after } = world.platform;
  const at = keyOf(world);
  if (at === null) return { kind: 'retry', reason: 'unreachable', retryAfterMs: null };
  const clerk = clerkApi(at, { now, fetch, after });
  const organization = await clerk.organization(id);
  if (organization.kind !== 'ok') return organization;
  const found: ClerkMembership[] = [];
  for (const filter of whoHears(world, org)) {
    const members = await clerk.membersWith(id, filter);
    if (members.kind !== 'ok') return members;
    found.push(...members.value.data);
  }
  return {
    news: [newsOf(organization.value, now()), ...found.map((each) => memberOf(each, now()))],
  };
}

/** Those with one of the roles, and who bought. */
function whoHears(world: ShardWorld, org: string): (readonly [string, readonly string[]])[] {
  const { roles = [] } = configIn(world).messages.organizations ?? {};
  const known = world.storage.tables().people.find(org) ?? null;
  const buyers = known === null ? [] : Object.values(stateOf(known).buyers);
  const all = [['role[]', roles] as const, ['user_id[]', buyers.slice(0, BUYERS_MAX)] as const];
  return all.filter(([, values]) => values.length > 0);
}

/** Of one question. */
const BUYERS_MAX = 100;

function newsOf(organization: ClerkOrganization, now: number): News {
  const { name, slug, created_by: createdBy, created_at: madeAt, updated_at: at } = organization;
  const createdAt = madeAt === null ? null : Math.floor(madeAt / 1000);
  const about = { slug, createdBy, createdAt, asOf: Math.min(at ?? now, now), rank: RANK.updated };
  const facet = { name: name === null ? null : cleanText(name) || null, ...about };
  return { kind: 'organization', facet, created: false, createdAt: madeAt ?? now };
}

function memberOf(membership: ClerkMembership, now: number): News {
  const { id: membershipId, role, created_at: joinedAt, updated_at: at } = membership;
  const { user_id: userId } = membership.public_user_data;
  const asOf = Math.min(at ?? now, now);
  return { kind: 'member', userId, change: 'changed', membershipId, role, joinedAt, asOf };
}

/** It is told now to those who turn out to be in it. */
function write(world: ShardWorld, { id, org }: LookUpRow, news: readonly News[]): void {
  const now = world.platform.now();
  const event = { provider: 'clerk', id, type: 'looked_up', customerId: null, news };
  world.storage.transaction((tables) => {
    accept(tables, { userId: id, event, now }, configIn(world).messages);
    tables.lookUps.remove(org);
  });
}

/** A refused key, or a wait that Clerk asks for, holds for every question. What Clerk does not know it may know later. */
function later({ platform, storage }: ShardWorld, row: LookUpRow, answer: Failure): void {
  const asked = answer.kind === 'retry' ? answer.retryAfterMs : null;
  const backoff = backoffMs(BACKOFF, row.attempt + 1, platform.random());
  const now = platform.now();
  storage.transaction((tables) => {
    tables.lookUps.postpone(row, now + backoff);
    const isForAll = answer.kind === 'refused' || answer.kind === 'retry';
    if (isForAll) tables.lookUps.postponeAll(now + (asked ?? PAUSE_MS));
  });
}
