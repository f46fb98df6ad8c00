// One organization, from its own shard and from those of its people: the same for the admin API and for the pages.

import type { Heard, OrganizationSeen } from '../outbox/looks/organization.ts';
import { toMajor } from '../person/money.ts';
import type { OrganizationState } from '../person/organization-facet.ts';
import { stateOf } from '../person/organization.ts';
import { own } from '../person/own.ts';
import type { Person } from '../person/person.ts';
import { namespaceIn, outboxOf } from '../platform/namespaces.ts';
import { byShard, inEach } from '../platform/parts.ts';
import type * as v from '../platform/schema.ts';
import type { OrganizationView } from './organization-contract.ts';
import type { Relay } from './relay.ts';

/** People who are asked what they were told: each reads some of a journal. */
const ASKED_MAX = 60;
const TOLD_MAX = 100;

type View = v.InferOutput<typeof OrganizationView>;

type Seen = Extract<OrganizationSeen, { kind: 'organization' }>;

/** `after`: behind which member the page begins, empty to begin with. */
export async function organizationAt(
  relay: Relay,
  id: string,
  after: string,
): Promise<
  Exclude<OrganizationSeen, Seen> | { readonly kind: 'organization'; readonly view: View }
> {
  const shard = outboxOf(relay.env, relay.config, id);
  // An object of the release before does not know the question.
  const { organization: seen = { kind: 'unknown' } } = await shard.look({
    organization: { id, after },
  });
  if (seen.kind !== 'organization') return seen;
  const all = concerned(seen);
  const told = await toldTo(relay, { id, userIds: all.slice(0, ASKED_MAX) });
  return {
    kind: 'organization',
    view: viewOf(id, seen, { told, unasked: all.length - ASKED_MAX }),
  };
}

/** Those who hear of everything first, then whoever bought or made it, the other members, and who has left. */
function concerned({ organization, members, left }: Seen): string[] {
  const { facet, buyers } = stateOf(organization);
  const hearers = members.filter(({ hears }) => hears);
  const maker = facet?.createdBy ?? null;
  return [
    ...new Set([
      ...hearers.map(({ userId }) => userId),
      ...Object.values(buyers),
      ...(maker === null ? [] : [maker]),
      ...left,
      ...members.map(({ userId }) => userId),
    ]),
  ];
}

type Told = View['told'];

/** The newest first. */
async function toldTo(
  { env, config }: Relay,
  { id, userIds }: { readonly id: string; readonly userIds: readonly string[] },
): Promise<Told> {
  const outboxes = namespaceIn(env.OUTBOX, config);
  const parts = byShard(userIds, (userId) => userId, config);
  const answers = await inEach(parts, async (name, theirs) => {
    const { heard = [] } = await outboxes.getByName(name).look({ heard: { id, userIds: theirs } });
    return heard.map((each) => ({ ...each, name }));
  });
  const newest = answers.flat().toSorted((a, b) => b.at - a.at);
  return newest.slice(0, TOLD_MAX).map(toldOf);
}

function toldOf(heard: Heard & { readonly name: string }): Told[number] {
  const { at, happenedAt, seq, name, landedAt, mail, userId, event, state } = heard;
  return {
    at: iso(at),
    userId,
    event,
    happenedAt: iso(happenedAt),
    state,
    landedAt: landedAt === null ? null : iso(landedAt),
    mail: mail?.state ?? null,
    entry: `${name}-${seq}`,
  };
}

function viewOf(
  id: string,
  { organization, traits, members, count, next, lane }: Seen,
  { told, unasked }: { readonly told: Told; readonly unasked: number },
): View {
  const { facet, unheard = 0, buyers } = stateOf(organization);
  const seats = traits['seats'];
  return {
    id,
    traits,
    subscriptions: subscriptionsOf(organization, buyers),
    customers: [...organization.customers],
    seats: {
      paid: typeof seats === 'number' ? seats : null,
      members: count,
      membersAtClerk: facet?.membersCount ?? null,
    },
    members: members.map(({ userId, role, joinedAt, hears }) => ({
      userId,
      role,
      joinedAt: joinedAt === null ? null : iso(joinedAt * 1000),
      hears,
    })),
    next,
    told,
    unasked: Math.max(0, unasked),
    lane: { ...lane, unheard },
    organization: { ...organization },
  };
}

function subscriptionsOf({ subscriptions }: Person, buyers: OrganizationState['buyers']) {
  return Object.values(subscriptions).map((each) => ({
    id: each.id,
    plan: each.plan,
    status: each.status,
    monthly: each.monthlyMinor === null ? null : toMajor(each.monthlyMinor, each.currency),
    currency: each.currency,
    seats: each.seats,
    customerId: each.customerId,
    buyerId: own(buyers, each.id) ?? own(buyers, each.customerId),
  }));
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
