// One person as their page shows them: what is true of them, since when, and what Customer.io shows beside it. Pure.

import type { Difference } from '../../customerio/compare-person.ts';
import type { ShownEntry } from '../../outbox/looks/entry.ts';
import type { Timeline } from '../../outbox/looks/looks.ts';
import type { Traits } from '../../person/facet.ts';
import { MEMBER_TRAITS } from '../../person/membership.ts';
import type { Person } from '../../person/person.ts';
import { BILLING_TRAITS, USER_TRAITS } from '../../person/traits.ts';

/** `problem`: a code where Customer.io did not say, or does not know them. */
export type Beside = {
  readonly problem: string | null;
  readonly differences: readonly Difference[];
};

/** Subscriptions that a page shows. */
const ROWS_MAX = 50;

export function personView(
  { person, traits, entries }: Extract<Timeline, { kind: 'person' }>,
  shown: Beside | null,
) {
  const { firstName, lastName } = person.user?.traits ?? {};
  return {
    name: [firstName, lastName].filter(Boolean).join(' '),
    plan: traits['plan'],
    status: traits['subscriptionStatus'],
    entries,
    groups: groupsOf({ traits, shown, since: sinceOf(entries) }),
    subscriptions: Object.values(person.subscriptions).slice(0, ROWS_MAX),
    memberships: membershipsOf(person),
  };
}

/** The organizations they are in now. */
function membershipsOf({ memberships = {} }: Person) {
  return Object.entries(memberships).flatMap(([id, { member }]) => {
    if (member === null) return [];
    const { name = null, plan = null, status = null } = member.summary ?? {};
    return [{ id, role: member.role, name, plan, status }];
  });
}

type Told = {
  readonly traits: Traits;
  readonly shown: Beside | null;
  readonly since: ReadonlyMap<string, number>;
};

function groupsOf({ traits, shown, since }: Told) {
  const known: readonly (readonly string[])[] = [USER_TRAITS, BILLING_TRAITS, MEMBER_TRAITS];
  const labels = ['Who they are', 'What they pay', 'Their organization', 'Your own'];
  const groupOf = (name: string) => {
    const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const at = known.findIndex((names) => names.includes(camel));
    return labels.at(at);
  };
  const all = Object.entries(traits).map(([name, value]) => {
    const difference = shown?.differences.find(({ trait }) => trait === name) ?? null;
    const unixAt = unixTimeIn(name, value);
    return { name, value, unixAt, difference, changedAt: since.get(name) ?? 0 };
  });
  return labels
    .map((label) => ({ label, traits: all.filter(({ name }) => groupOf(name) === label) }))
    .filter((group) => group.traits.length > 0);
}

/** Of a trait that is a time in Unix seconds, in milliseconds; 0: it is none. */
export function unixTimeIn(name: string, value: unknown): number {
  const isTime = /(At|_at)$/.test(name) && typeof value === 'number' && value > 1e9 && value < 1e10;
  return isTime ? value * 1000 : 0;
}

/** What they were told to be, the newest first. */
export function toldIn(entries: readonly ShownEntry[]) {
  return entries.flatMap(({ at, messages }) =>
    messages.flatMap(({ message }) =>
      message.type === 'identify' ? [{ at, traits: message.traits }] : [],
    ),
  );
}

/** Trait → when the newest value was first told, as far as what is kept shows another one before it. */
export function sinceOf(entries: readonly ShownEntry[]): ReadonlyMap<string, number> {
  const told = toldIn(entries);
  const names = Object.keys(told[0]?.traits ?? {});
  return new Map(
    names.flatMap((name) => {
      const newest = JSON.stringify(told[0]?.traits[name]);
      const before = told.findIndex(({ traits }) => JSON.stringify(traits[name]) !== newest);
      const first = told[before - 1];
      return first === undefined ? [] : [[name, first.at] as const];
    }),
  );
}
