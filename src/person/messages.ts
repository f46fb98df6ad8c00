// Messages from moments and traits: names renamed, cased and stamped. No I/O. No clock.

import type { Traits, TraitValue } from './facet.ts';
import { attributeText } from './fitting-text.ts';
import type { Mapping } from './mapping.ts';
import { MEMBER_TRAITS } from './membership.ts';
import { messageId } from './message-id.ts';
import type { IdentifyMessage, TrackMessage } from './message.ts';
import { REMOVAL_EVENTS } from './message.ts';
import type { Moment, Properties } from './moment.ts';
import type { Person } from './person.ts';
import { BILLING_TRAITS, USER_TRAITS } from './traits.ts';

/** How messages are named: the part of the configuration that this stage needs. */
export type MessageOptions = {
  readonly traitCase: 'camel' | 'snake';
  /** Moment → the name campaigns use, or false to send none. */
  readonly events: Readonly<Record<string, string | false>>;
  readonly freePlan: string | null;
  readonly mapping: Mapping;
  readonly onUserDeleted: keyof typeof REMOVAL_EVENTS;
  /** Absent: what an organization pays for is nobody's. */
  readonly organizations?: OrganizationOptions;
};

type OrganizationOptions = {
  /** Customer.io's type of the objects that organizations are. Null: none are made. */
  readonly objectType: number | null;
  /** Clerk's roles whose holders are told what happens to their organization. */
  readonly roles: readonly string[];
  /** Up to so many members all get traits; above it those with the roles alone. */
  readonly membersMax: number;
};

/** Our own names; others are the user's own and stay as written. */
const CASED: ReadonlySet<string> = new Set([...USER_TRAITS, ...BILLING_TRAITS]);

/** These as well, where organizations are on: without them an operator may have traits of these names. */
const CASED_OF_ORGANIZATIONS: ReadonlySet<string> = new Set([
  ...MEMBER_TRAITS,
  'membersCount',
  'joinedAt',
]);

type Casing = Pick<MessageOptions, 'traitCase' | 'organizations'>;

function isOurs(name: string, { organizations }: Casing): boolean {
  return CASED.has(name) || (organizations !== undefined && CASED_OF_ORGANIZATIONS.has(name));
}

const BILLING: ReadonlySet<string> = new Set(BILLING_TRAITS);

/** The first second of 2100: nobody means a date before 1970 or from there on. */
const DATE_SECONDS_MAX = 4_102_444_800;

/** Customer.io drops an identify that is not newer by a whole second, and we never run ahead further than this. */
const IDENTIFY_AHEAD_MS_MAX = 60_000;

/**
 * Properties that would redirect a message a campaign sends, so they never stand at the top level.
 * https://docs.customer.io/journeys/events
 */
const RESERVED_PROPERTIES: ReadonlySet<string> = new Set(['recipient', 'from_address', 'reply_to']);

/** When the next identify of a person may be dated: now, and a whole second after the one before. */
export function nextIdentifyAt(lastIdentifyAt: number, now: number): number {
  const next = (Math.floor(lastIdentifyAt / 1000) + 1) * 1000;
  return Math.min(Math.max(now, next), now + IDENTIFY_AHEAD_MS_MAX);
}

export function identifyMessage(
  person: Person,
  traits: Traits,
  options: MessageOptions,
): IdentifyMessage {
  const { userId, lastIdentifyAt } = person;
  return {
    type: 'identify',
    userId,
    // With the traits: after a minute's worth of changes at once two of them have one time.
    messageId: messageId(
      ['identify', userId, lastIdentifyAt, JSON.stringify(traits)],
      lastIdentifyAt,
    ),
    timestamp: isoTime(lastIdentifyAt),
    traits: wireTraits(traits, options),
  };
}

/** As they go over the wire. */
export function wireTraits(traits: Traits, options: Casing): Traits {
  return casedTraits(plausibleTraits(traits, options), options);
}

/** Null when the configuration drops the event. */
export function trackMessage(
  userId: string,
  moment: Moment,
  options: MessageOptions,
): TrackMessage | null {
  const event = eventName(moment, options);
  if (event === false) return null;
  return {
    type: 'track',
    userId,
    event,
    messageId: messageId(moment.key, moment.keyAt),
    timestamp: isoTime(moment.occurredAt),
    properties: propertiesOf(options.organizations === undefined ? moment : withPayer(moment)),
  };
}

/** The last message a person ever gets: Customer.io removes them on it. `occurredAt` in Unix milliseconds. */
export function removalMessage(
  userId: string,
  occurredAt: number,
  options: MessageOptions,
): TrackMessage {
  const event = REMOVAL_EVENTS[options.onUserDeleted];
  return {
    type: 'track',
    userId,
    event,
    messageId: messageId(['user_deleted', userId], 0),
    timestamp: isoTime(occurredAt),
    properties: {},
  };
}

function eventName(moment: Moment, options: MessageOptions): string | false {
  return Object.hasOwn(options.events, moment.name)
    ? (options.events[moment.name] ?? moment.name)
    : moment.name;
}

/** Who pays alone says so, where organizations pay as well; of an organization it is said already. */
function withPayer(moment: Moment): Moment {
  if (/^(?:user|organization)_/.test(moment.name)) return moment;
  return { ...moment, properties: { payer: 'person', ...moment.properties } };
}

function propertiesOf(moment: Moment): Properties {
  const { subscriptionId, properties } = moment;
  const own = subscriptionId === null ? {} : { subscription_id: subscriptionId };
  const entries = Object.entries({ ...properties, ...own });
  const allowed = entries.filter(([name]) => !RESERVED_PROPERTIES.has(name));
  return Object.fromEntries(allowed.map(([name, value]) => [name, wellFormed(value)]));
}

/** A half of a character is an escape in JSON that strict readers refuse, and with it all that was sent. */
function wellFormed(value: TraitValue): TraitValue {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

/** What Customer.io can hold, and no date that nobody can have meant. A billing trait is then said to be empty. */
function plausibleTraits(traits: Traits, options: Casing): Traits {
  const entries = Object.entries(traits).flatMap(([name, value]) => {
    const told = plausible(name, value, options);
    const isDropped = told === null && value !== null && !BILLING.has(name);
    return isDropped ? [] : [[name, told] as const];
  });
  return Object.fromEntries(entries);
}

function plausible(name: string, value: TraitValue, options: Casing): TraitValue {
  if (typeof value === 'string') return attributeText(value);
  const isDate = typeof value === 'number' && isOurs(name, options) && /(?:At|Until)$/.test(name);
  return isDate && (value < 0 || value >= DATE_SECONDS_MAX) ? null : value;
}

function casedTraits(traits: Traits, options: Casing): Traits {
  if (options.traitCase === 'camel') return traits;
  return Object.fromEntries(
    Object.entries(traits).map(([name, value]) => [
      isOurs(name, options) ? snakeCase(name) : name,
      value,
    ]),
  );
}

export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** ISO-8601 with three fractional digits; times a date cannot hold become the last one it can. */
export function isoTime(at: number): string {
  const limit = 8.64e15;
  return new Date(Math.min(Math.max(Math.trunc(at) || 0, -limit), limit)).toISOString();
}
