// What a changed mapping would change: of a track that was sent its name and its properties, of a person their traits. Pure,
// so that the command line asks it before anything is deployed, and the pages of the Worker, too.

import type { Traits, TraitValue } from './facet.ts';
import { toldTraits } from './identify.ts';
import { asMapped } from './mapping.ts';
import type { TrackMessage } from './message.ts';
import { wireTraits } from './messages.ts';
import type { MessageOptions } from './messages.ts';
import { MOMENT_NAMES } from './moment.ts';
import type { Properties } from './moment.ts';
import { objectTraits } from './organization.ts';
import { own } from './own.ts';
import type { Person } from './person.ts';
import { nameOfPlan } from './plan-name.ts';
import type { PlanNaming, PlanTable } from './plan-name.ts';

/** The configuration as it was when something was sent, and as it would be. */
export type MappingChange = { readonly was: MessageOptions; readonly would: MessageOptions };

/** A track's name and properties; false: it would not be sent. */
type Shown = { readonly event: string | false; readonly properties: Properties };

export type ChangedTrack = {
  readonly was: Shown;
  readonly would: Shown;
  /** The properties that differ. */
  readonly properties: readonly string[];
  /** What a message does not tell: `event` where two moments had one name, a property where two plans had. As it was. */
  readonly unsure: readonly string[];
};

type ChangedTrait = {
  readonly name: string;
  /** Undefined: it is not said. */
  readonly was: TraitValue | undefined;
  readonly would: TraitValue | undefined;
};

/** Properties that name a plan. */
const PLAN_PROPERTIES: ReadonlySet<string> = new Set([
  'plan',
  'previous_plan',
  'from_plan',
  'to_plan',
]);

/** One name of today, or none that can be told. */
type Renamed<Name> = { readonly name: Name; readonly isUnsure: boolean };

/**
 * Null: nothing would change. `namings`: of the plans the person has or had; a plan that is none of them is looked for in
 * the tables alone. Whether it would be another moment (an upgrade rather than a change) only the webhook itself can tell.
 */
export function changedTrack(
  { event, properties }: Pick<TrackMessage, 'event' | 'properties'>,
  change: MappingChange,
  namings: readonly PlanNaming[] = [],
): ChangedTrack | null {
  const renamed = eventUnder(event, change);
  const plans = Object.entries(plansNamedIn(properties)).map(([property, value]) => ({
    property,
    value,
    ...planUnder(value, change, namings),
  }));
  const changed = plans.filter(({ name, value }) => name !== value);
  const unsure = [
    ...(renamed.isUnsure ? ['event'] : []),
    ...plans.filter(({ isUnsure }) => isUnsure).map(({ property }) => property),
  ];
  if (renamed.name === event && changed.length === 0 && unsure.length === 0) return null;
  const names = changed.map(({ property, name }) => [property, name] as const);
  return {
    was: { event, properties },
    would: { event: renamed.name, properties: { ...properties, ...Object.fromEntries(names) } },
    properties: changed.map(({ property }) => property),
    unsure,
  };
}

/** The properties that name a plan: no others depend on the mapping. */
export function plansNamedIn(properties: Properties): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([property, value]) =>
      PLAN_PROPERTIES.has(property) && typeof value === 'string' ? [[property, value]] : [],
    ),
  );
}

/** The traits of a person that would be told differently, by the names they go out under. */
export function changedTraits(person: Person, { was, would }: MappingChange): ChangedTrait[] {
  const [before, after] = [traitsUnder(person, was), traitsUnder(person, would)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .map((name) => ({ name, was: saidIn(before, name), would: saidIn(after, name) }))
    .filter((each) => each.was !== each.would);
}

function saidIn(traits: Traits, name: string): TraitValue | undefined {
  return Object.hasOwn(traits, name) ? traits[name] : undefined;
}

/** As they go over the wire. */
export function traitsUnder(person: Person, options: MessageOptions): Traits {
  return toldTraits(asMapped(person, options.mapping), options);
}

/** The attributes of an organization's object, as they go over the wire. */
export function objectUnder(organization: Person, options: MessageOptions): Traits {
  return wireTraits(
    objectTraits(asMapped(organization, options.mapping), options.freePlan),
    options,
  );
}

/** A name that no moment has is Customer.io's own, or of another configuration. */
function eventUnder(event: string, { was, would }: MappingChange): Renamed<string | false> {
  const moments = MOMENT_NAMES.filter((moment) => nameIn(was, moment) === event);
  return oneOf(
    moments.map((moment) => nameIn(would, moment)),
    event,
  );
}

function nameIn({ events }: MessageOptions, moment: string): string | false {
  return Object.hasOwn(events, moment) ? (events[moment] ?? moment) : moment;
}

function planUnder(
  plan: string,
  { was, would }: MappingChange,
  namings: readonly PlanNaming[],
): Renamed<string> {
  const [before, after] = [was.mapping.plans, would.mapping.plans];
  const theirs = namings
    .filter((naming) => nameOfPlan(naming, before) === plan)
    .flatMap((naming) => nameOfPlan(naming, after) ?? []);
  return theirs.length > 0 ? oneOf(theirs, plan) : oneOf(namesByTable(plan, before, after), plan);
}

/** What the rows of this name say now; one that is gone leaves the provider's own name, which the table does not have. */
function namesByTable(plan: string, before: PlanTable, after: PlanTable): (string | null)[] {
  const keys = Object.keys(before).filter((key) => before[key] === plan);
  const rows = keys.length > 0 ? keys.map((key) => own(after, key)) : null;
  return rows ?? [own(after, plan) ?? plan];
}

/** `known` stays where the names are several, or where one is not known. */
function oneOf<Name extends string | false>(
  names: readonly (Name | null)[],
  known: Name,
): Renamed<Name> {
  const [name = known, ...others] = [...new Set(names)];
  const isUnsure = name === null || others.length > 0;
  return { name: isUnsure ? known : name, isUnsure };
}
