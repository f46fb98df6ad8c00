// Mapping: what the configuration makes of what is known. A row keeps what its names were made from, so that the next look
// at it gives the names of today: of plans (PLANS), and of the operator's own traits (TRAITS). No I/O. No clock.

import type { SubscriptionFacet, Traits, UserFacet } from './facet.ts';
import type { SubscriptionMarks } from './payments.ts';
import type { Person } from './person.ts';
import { nameInTable, nameOfPlan } from './plan-name.ts';
import type { PlanNaming, PlanTable } from './plan-name.ts';
import { USER_TRAITS } from './traits.ts';

/** The part of the configuration that decides names. */
export type Mapping = {
  readonly plans: PlanTable;
  /** Extra trait → path in the user object. */
  readonly traits: Readonly<Record<string, string>>;
};

const OUR_TRAITS: ReadonlySet<string> = new Set(USER_TRAITS);

/** The person under the names of today; the very same where nothing is called differently. */
export function asMapped(person: Person, mapping: Mapping): Person {
  const user = person.user === null ? null : userAsMapped(person.user, mapping.traits);
  const subscriptions = mapValues(person.subscriptions, (each) =>
    facetAsMapped(each, mapping.plans),
  );
  const marks = mapValues(person.marks, (each) => marksAsMapped(each, mapping.plans));
  const isSame =
    user === person.user && subscriptions === person.subscriptions && marks === person.marks;
  return isSame ? person : { ...person, user, subscriptions, marks };
}

/** Whether some path of the table has never been read of this user, so that only the user themselves can say. */
export function hasUnread({ traits, paths }: UserFacet, rows: Mapping['traits']): boolean {
  return Object.entries(rows).some(([name, path]) =>
    paths === undefined ? !Object.hasOwn(traits, name) : !Object.values(paths).includes(path),
  );
}

function facetAsMapped(facet: SubscriptionFacet, plans: PlanTable): SubscriptionFacet {
  const { planNaming } = facet;
  if (planNaming === undefined) {
    const name = nameInTable(guessedNaming(facet), plans) ?? facet.plan;
    return name === facet.plan ? facet : { ...facet, plan: name };
  }
  const plan = nameOfPlan(planNaming, plans);
  if (plan === facet.plan) return facet;
  if (planNaming.key === undefined) return { ...facet, plan };
  return { ...facet, plan, planKey: nameInTable(planNaming, plans) ?? planNaming.key };
}

/** Older releases kept less. Of several prices it is not known which one gave the name. */
function guessedNaming({ items, planKey }: SubscriptionFacet): Pick<PlanNaming, 'by'> {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) return { by: [] };
  const priceId = item.priceId.replace(/:annual$/, '');
  return { by: typeof planKey === 'string' ? [priceId, planKey] : [priceId] };
}

function marksAsMapped(marks: SubscriptionMarks, plans: PlanTable): SubscriptionMarks {
  const { planChange } = marks;
  if (planChange?.naming === undefined) return marks;
  const from = nameOfPlan(planChange.naming, plans);
  return from === planChange.from ? marks : { ...marks, planChange: { ...planChange, from } };
}

/** By the path a trait was read from, not by its name. What another release has read keeps its names until the next word. */
function userAsMapped(user: UserFacet, rows: Mapping['traits']): UserFacet {
  const { traits, paths } = user;
  if (paths === undefined || isSameTable(paths, rows)) return user;
  const own = Object.entries(traits).filter(([name]) => OUR_TRAITS.has(name));
  const extra = Object.entries(rows).flatMap(([name, path]) => {
    const before = Object.keys(paths).find(
      (each) => paths[each] === path && Object.hasOwn(traits, each),
    );
    const value = before === undefined ? undefined : traits[before];
    return value === undefined ? [] : [[name, value] as const];
  });
  const mapped: Traits = Object.fromEntries([...own, ...extra]);
  return { ...user, traits: mapped };
}

function isSameTable(a: Mapping['traits'], b: Mapping['traits']): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** The same record where every value is the same. */
function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(record).map(([key, value]) => [key, map(value)] as const);
  return entries.every(([key, value]) => value === record[key])
    ? record
    : Object.fromEntries(entries);
}
