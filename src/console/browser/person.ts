// One person as their page shows them: what is true of them and since when, what they have been told and why, and what
// Customer.io shows beside it. Pure.

import type { ShownEntry } from '../../outbox/looks/entry.ts';
import type { Timeline } from '../../outbox/looks/looks.ts';
import type { Traits } from '../../person/facet.ts';
import { BILLING_TRAITS, USER_TRAITS } from '../../person/traits.ts';
import type { Beside } from '../shown.ts';
import { shownMessage } from './messages.ts';

type Seen = {
  readonly timeline: Extract<Timeline, { kind: 'person' }>;
  readonly shown: Beside | null;
  readonly links: readonly { readonly id: string; readonly source: string | null }[];
  /** The entry's id in addresses. */
  readonly idOf: (seq: number) => string;
};

export function personView({ timeline, shown, links, idOf }: Seen) {
  const { person, traits, entries } = timeline;
  const names = [traits['firstName'], traits['lastName']].filter(Boolean).join(' ');
  return {
    name: traits['name'] ?? names,
    plan: traits['plan'] ?? null,
    status: traits['subscriptionStatus'] ?? null,
    shown,
    entries: entries.map((entry) => {
      const id = idOf(entry.seq);
      const [shard = ''] = id.split('-');
      return {
        id,
        at: entry.at,
        webhook: entry.webhook,
        messages: entry.messages.map((each) => shownMessage(each, shard)),
      };
    }),
    groups: groupsOf({ traits, shown, since: sinceOf(entries) }),
    subscriptions: Object.values(person.subscriptions).map(
      ({ id, plan, status, monthlyMinor, currency, asOf }) => ({
        id,
        plan,
        status,
        asOf,
        monthly: monthlyMinor === null ? null : (monthlyMinor / 100).toFixed(2),
        currency: currency ?? '',
      }),
    ),
    customers: links,
  };
}

type Told = {
  readonly traits: Traits;
  readonly shown: Beside | null;
  readonly since: ReadonlyMap<string, number>;
};

function groupsOf({ traits, shown, since }: Told) {
  const [user, billing]: readonly (readonly string[])[] = [USER_TRAITS, BILLING_TRAITS];
  const labels = ['Who they are', 'What they pay', 'Your own'];
  const groupOf = (name: string) => {
    const camel = name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (user?.includes(camel) === true) return labels[0];
    return billing?.includes(camel) === true ? labels[1] : labels[2];
  };
  const all = Object.entries(traits).map(([name, value]) => {
    const difference = shown?.differences.find(({ trait }) => trait === name) ?? null;
    return { name, value, difference, changedAt: since.get(name) ?? 0 };
  });
  return labels
    .map((label) => ({ label, traits: all.filter(({ name }) => groupOf(name) === label) }))
    .filter((group) => group.traits.length > 0);
}

/** Trait → when the newest value was first told, as far as what is kept shows another one before it. */
export function sinceOf(entries: readonly ShownEntry[]): ReadonlyMap<string, number> {
  const told = entries.flatMap(({ at, messages }) =>
    messages.flatMap(({ message }) =>
      message.type === 'identify' ? [{ at, traits: message.traits }] : [],
    ),
  );
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
