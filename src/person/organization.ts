// The organization: a subject like a person, with the same billing facts, and what only an organization has. It is told of
// nothing itself: what happens to it is told to members, who get a summary of it. No I/O. No clock.

import { isAtLeastAsNew, isLive, isPurchase } from './facet.ts';
import type { Traits } from './facet.ts';
import { toMajor } from './money.ts';
import type { News } from './news.ts';
import type { OrganizationFacet, OrganizationState, Summary } from './organization-facet.ts';
import type { Person } from './person.ts';
import { BILLING_TRAITS, traitsOf } from './traits.ts';

export function stateOf({ organization }: Person): OrganizationState {
  return organization ?? { facet: null, version: 0, buyers: {} };
}

export function applyOrganization(
  person: Person,
  news: Extract<News, { kind: 'organization' | 'domain' }>,
): Person {
  const state = stateOf(person);
  if (news.kind === 'domain') return withDomain(person, news);
  if (state.facet !== null && !isAtLeastAsNew(news.facet, state.facet)) return person;
  return { ...person, organization: { ...state, facet: joined(news.facet, state.facet) } };
}

function withDomain(person: Person, { asOf, name, isGone }: Extract<News, { kind: 'domain' }>) {
  const state = stateOf(person);
  const { domain = { name: null, asOf: 0 } } = state;
  if (domain.asOf > asOf || (isGone && domain.name !== name)) return person;
  return { ...person, organization: { ...state, domain: { name: isGone ? null : name, asOf } } };
}

/** What the newer word leaves out stands. */
function joined(facet: OrganizationFacet, known: OrganizationFacet | null): OrganizationFacet {
  if (known === null) return facet;
  const { membersCount } = known;
  const counted = membersCount === undefined ? facet : { membersCount, ...facet };
  return { ...counted, createdBy: facet.createdBy ?? known.createdBy };
}

/** Somebody's account is deleted: their id stands nowhere in the row. */
export function withoutPerson(person: Person, { userId }: { readonly userId: string }): Person {
  const state = stateOf(person);
  const { object, ...rest } = state;
  const facet =
    state.facet?.createdBy === userId ? { ...state.facet, createdBy: null } : state.facet;
  const buyers = Object.entries(state.buyers).filter(([, buyerId]) => buyerId !== userId);
  const isThrough = object === undefined || object.through === userId;
  const next = { ...rest, facet, buyers: Object.fromEntries(buyers) };
  return { ...person, organization: isThrough ? next : { ...next, object } };
}

/** As if its object had been told nothing. */
export function untold(person: Person): Person {
  const { object: _, ...state } = stateOf(person);
  return { ...person, organization: state };
}

/** Who stands in the row itself: who made it and who bought. */
export function namedIn(person: Person): ReadonlySet<string> {
  const { facet, buyers } = stateOf(person);
  const makers = facet === null || facet.createdBy === null ? [] : [facet.createdBy];
  return new Set([...makers, ...Object.values(buyers)]);
}

/** `names`: the subscriptions and customers an event is of. */
export function withBuyer(person: Person, names: readonly string[], buyerId: string): Person {
  const state = stateOf(person);
  const news = names.filter((name) => state.buyers[name] !== buyerId);
  if (news.length === 0) return person;
  const buyers = { ...state.buyers, ...Object.fromEntries(news.map((name) => [name, buyerId])) };
  return { ...person, organization: { ...state, buyers } };
}

export function summaryOf(person: Person, freePlan: string | null): Summary {
  const traits = traitsOf(person, freePlan);
  const live = Object.values(person.subscriptions).filter(
    (each) => isLive(each) && isPurchase(each),
  );
  return {
    name: stateOf(person).facet?.name ?? null,
    plan: textIn(traits, 'plan'),
    status: textIn(traits, 'subscriptionStatus'),
    trialEndsAt: numberIn(traits, 'trialEndsAt'),
    currentPeriodEndsAt: numberIn(traits, 'currentPeriodEndsAt'),
    cancelAt: numberIn(traits, 'cancelAt'),
    seats: numberIn(traits, 'seats'),
    isLive: live.length > 0,
    monthly: live.reduce((sum, each) => sum + toMajor(each.monthlyMinor ?? 0, each.currency), 0),
  };
}

const OBJECT_BILLING: ReadonlySet<string> = new Set(BILLING_TRAITS);

/** The attributes of its object at Customer.io: its own, and the billing traits under their usual names. */
export function objectTraits(person: Person, freePlan: string | null): Traits {
  const { facet, domain } = stateOf(person);
  const billing = Object.entries(traitsOf(person, freePlan)).filter(([name]) =>
    OBJECT_BILLING.has(name),
  );
  const { name = null, slug = null, createdAt = null, membersCount = null } = facet ?? {};
  return {
    name,
    slug,
    domain: domain?.name ?? null,
    createdAt,
    membersCount,
    ...Object.fromEntries(billing),
  };
}

function textIn(traits: Traits, name: string): string | null {
  const value = traits[name];
  return typeof value === 'string' ? value : null;
}

function numberIn(traits: Traits, name: string): number | null {
  const value = traits[name];
  return typeof value === 'number' ? value : null;
}
