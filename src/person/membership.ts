// Membership: what a person's row holds of each organization they are in, as the organization has told it, and the traits
// that come of it. The person's own plan and revenue are theirs alone. No I/O. No clock.

import type { Traits, TraitValue } from './facet.ts';
import type { Moment, Properties } from './moment.ts';
import type { News } from './news.ts';
import type { Member, Membership, OrganizationState, Summary } from './organization-facet.ts';
import { own } from './own.ts';
import type { Person, Step } from './person.ts';

/** All of them or none, in the order of docs/organizations.md. */
export const MEMBER_TRAITS = [
  'organizationId',
  'organizationName',
  'organizationRole',
  'organizationPlan',
  'organizationSubscriptionStatus',
  'organizationTrialEndsAt',
  'organizationCurrentPeriodEndsAt',
  'organizationCancelAt',
  'organizationSeats',
  'organizationsCount',
] as const;

/** An organization that is gone tells nothing newer. */
export const GONE_VERSION = Number.MAX_SAFE_INTEGER;

/** Of whom it knows the id and no more: so their row says where that stands, for the day they are deleted. */
const NAMED = { version: 0, member: null };

/** `isBrief`: it is too large to tell this one how it is. */
type Teller = {
  readonly id: string;
  readonly state: OrganizationState;
  readonly isBrief?: boolean;
};

/** What an organization tells one person: what they are in it, and what happened. `member` undefined: they are what they were. */
export function toldMember(
  teller: Teller,
  member: Member | null | undefined,
  moments: readonly Moment[],
): Extract<News, { kind: 'membership' }> {
  const membership = member === undefined ? NAMED : saidOf(teller, member);
  return { kind: 'membership', organizationId: teller.id, membership, moments };
}

function saidOf({ state, isBrief = false }: Teller, member: Member | null): Told {
  const { version, summary } = state;
  if (member === null || isBrief) return { version, member };
  return { version, member: summary === undefined ? null : { ...member, summary } };
}

/** A moment of an organization, as one person is told of it. */
export function momentFor(
  userId: string,
  moment: Moment,
  who: { readonly id: string; readonly name: string | null; readonly role: string | null },
): Moment {
  const { name, key, keyAt, occurredAt, subscriptionId, properties } = moment;
  const ofOrganization: Properties = {
    organization_id: who.id,
    organization_name: who.name,
    organization_role: who.role,
    payer: 'organization',
  };
  return {
    name,
    keyAt,
    occurredAt,
    subscriptionId,
    once: 'seen',
    key: [...key, userId],
    properties: { ...properties, ...ofOrganization },
  };
}

/** They are in it no more. */
export function hasLeft(news: News): boolean {
  return news.kind === 'membership' && news.membership?.member === null;
}

export function applyMembership(
  person: Person,
  { organizationId, membership, moments }: Extract<News, { kind: 'membership' }>,
): Step {
  const { memberships = {} } = person;
  const known = own(memberships, organizationId);
  const isNews =
    membership !== undefined && (known === null || membership.version >= known.version);
  if (!isNews) return { person, moments };
  const next = { ...known, ...membership, member: memberOf(membership, known) };
  const all = { ...memberships, [organizationId]: next };
  return { person: { ...person, memberships: all }, moments };
}

/** Whoever is told no more of it has still to lose what they were told. */
function memberOf({ member }: Told, known: Told | null): Membership['member'] {
  const isLost = member?.summary === undefined && known?.member?.summary !== undefined;
  return member !== null && isLost ? { ...member, summary: null } : member;
}

type Told = Pick<Membership, 'version' | 'member'>;

/** Nothing as long as they were never in an organization; `null` once they are in none any more. */
export function memberTraits({ memberships = {} }: Pick<Person, 'memberships'>): Traits {
  const all = Object.entries(memberships);
  if (!all.some(([, each]) => wasTold(each))) return {};
  const current = all.flatMap(([id, { member }]) => (member === null ? [] : [{ ...member, id }]));
  const told = current.flatMap(({ summary, ...each }) => (summary ? [{ ...each, summary }] : []));
  const [primary] = told.toSorted(byPrimacy);
  const organizationsCount = current.length;
  return { ...NONE, ...(primary === undefined ? {} : traitsIn(primary)), organizationsCount };
}

function wasTold({ version, member }: Membership): boolean {
  return member === null ? version !== NAMED.version : member.summary !== undefined;
}

const NONE = Object.fromEntries(MEMBER_TRAITS.map((name) => [name, null]));

function traitsIn({ id, role, summary }: Current) {
  return {
    organizationId: id,
    organizationName: summary.name,
    organizationRole: role,
    organizationPlan: summary.plan,
    organizationSubscriptionStatus: summary.status,
    organizationTrialEndsAt: summary.trialEndsAt,
    organizationCurrentPeriodEndsAt: summary.currentPeriodEndsAt,
    organizationCancelAt: summary.cancelAt,
    organizationSeats: summary.seats,
  } satisfies Record<Exclude<(typeof MEMBER_TRAITS)[number], 'organizationsCount'>, TraitValue>;
}

type Current = Member & { readonly id: string; readonly summary: Summary };

/** The live one of the largest monthly value, then the one that was joined first (nobody knows when: last), then the lowest id. */
function byPrimacy(a: Current, b: Current): number {
  return worth(b) - worth(a) || joinedAt(a) - joinedAt(b) || (a.id < b.id ? -1 : 1);
}

/** Below nothing where nothing is live: a live one that costs nothing comes before it. */
function worth({ summary }: Current): number {
  return summary.isLive ? summary.monthly : -1;
}

function joinedAt({ joinedAt: at }: Current): number {
  return at ?? Number.MAX_SAFE_INTEGER;
}
