// One organization as the operator sees it: what it is and pays for, who is in it, and what is still on its way to them; and
// what people of a shard were told of it, from their own entries. Read-only; a bounded part at once.

import type { Traits } from '../../person/facet.ts';
import { wireTraits } from '../../person/messages.ts';
import type { Member } from '../../person/organization-facet.ts';
import { objectTraits } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { deliveryFigures } from '../delivery/capability.ts';
import { personKey } from '../people/table.ts';
import { shownEntries } from './entry.ts';
import type { ShownMessage } from './entry.ts';

/** Of those who hear what happens to it, who stand first, of all members a page, and of those who have left the latest. */
const HEARERS_MAX = 50;
const MEMBERS_MAX = 100;
const LEFT_MAX = 10;

/** Entries of one person, and how deep in the journal they are looked for. */
const ENTRIES_MAX = 60;
const DEPTH_ENTRIES = 50_000;

/** `hears`: they have one of the roles that are told what happens to it. */
type SeenMember = Member & { readonly userId: string; readonly hears: boolean };

/** What is on its way from it, and how its shard delivers. */
type Lane = {
  readonly shard: string;
  /** News for people whose shards have not taken them yet, and moments that wait until Clerk tells of it. */
  readonly notices: number;
  readonly waiting: number;
  /** Up to which member all know how things are; null: nobody has still to be told. */
  readonly fanOut: string | null;
  readonly pending: number;
  /** A code; null: delivery flows. */
  readonly pause: string | null;
};

export type OrganizationSeen =
  | { readonly kind: 'unknown' | 'erased' }
  | {
      readonly kind: 'organization';
      readonly organization: Person;
      /** As its object at Customer.io has them, under the names of today. */
      readonly traits: Traits;
      readonly members: readonly SeenMember[];
      readonly count: number;
      /** Behind whom the next page begins; null at the end. */
      readonly next: string | null;
      readonly left: readonly string[];
      readonly lane: Lane;
    };

/** `after`: behind which member the page begins, empty to begin with. */
export type OrganizationAsked = { readonly id: string; readonly after: string };

export function organizationSeen(
  world: ShardWorld,
  { id, after }: OrganizationAsked,
): OrganizationSeen {
  const { people, members } = world.storage.tables();
  const org = personKey(id);
  const organization = people.find(org);
  if (organization === undefined) return { kind: 'unknown' };
  if (organization === null) return { kind: 'erased' };
  const { messages } = configIn(world);
  const roles = messages.organizations?.roles ?? [];
  const first = members.withRoles(org, roles).slice(0, HEARERS_MAX);
  const page = members.page(org, after, MEMBERS_MAX);
  const others = page.filter(({ userId }) => !first.some((each) => each.userId === userId));
  const shown = after === '' ? [...first, ...others] : others;
  return {
    kind: 'organization',
    organization,
    traits: wireTraits(objectTraits(organization, messages.freePlan), messages),
    members: shown.map((each) => ({ ...each, hears: roles.includes(each.role ?? '') })),
    count: members.count(org),
    next: page.length < MEMBERS_MAX ? null : (page.at(-1)?.userId ?? null),
    left: members.left(org, LEFT_MAX),
    lane: laneOf(world, id),
  };
}

function laneOf(world: ShardWorld, id: string): Lane {
  const { notices, fanOuts } = world.storage.tables();
  const { pending, pause } = deliveryFigures(world);
  return {
    shard: world.platform.name,
    ...notices.countOf(personKey(id)),
    fanOut: fanOuts.find(id)?.cursor ?? null,
    pending,
    pause,
  };
}

/** One event that a person was told; `seq`: its entry in their shard. Times in Unix milliseconds. */
export type Heard = Omit<ShownMessage, 'message' | 'parked'> & {
  readonly userId: string;
  readonly at: number;
  readonly seq: number;
  readonly event: string;
  /** When it happened to the organization: the same for all who were told of it. */
  readonly happenedAt: number;
  readonly landedAt: number | null;
};

export type HeardAsked = { readonly id: string; readonly userIds: readonly string[] };

/** What these people were told of the organization `id`, as far as it is kept. */
export function heardOf(world: ShardWorld, { id, userIds }: HeardAsked): Heard[] {
  const { journal } = world.storage.tables();
  return userIds.flatMap((userId) => {
    const entries = journal.newestOf(personKey(userId), ENTRIES_MAX, DEPTH_ENTRIES);
    return shownEntries(world, entries).flatMap(({ messages, at, seq, landedAt }) =>
      messages.flatMap(({ message, state, mail }) => {
        if (message.type !== 'track' || message.properties['organization_id'] !== id) return [];
        const happenedAt = Date.parse(message.timestamp);
        return [{ userId, at, seq, landedAt, event: message.event, happenedAt, state, mail }];
      }),
    );
  });
}
