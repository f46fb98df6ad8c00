// A page of what a provider's lists have shown, read as webhooks are. Asks nobody.

import type { Provider, Reading } from '../intake/provider.ts';
import type { UnreadableEvent } from '../outbox/parked/shelf.ts';
import type { Leaving, PersonEvent } from '../person/news.ts';
import type { JobWorld } from './kind.ts';

type Json = Readonly<Record<string, unknown>>;

/** `askedAt` in Unix milliseconds: when the page was asked for. */
export type Page = {
  readonly provider: Provider;
  readonly objects: readonly Json[];
  readonly askedAt: number;
  /** How things are: never kept waiting for a link, because the next pull brings them again. */
  readonly isBaseline: boolean;
  /** Whoever is not known as a user is left out. */
  readonly isOfKnown?: boolean;
  /** Whether it happened before anything was ours to tell: then it is only so. */
  readonly isSilent?: (object: Json) => boolean;
  /** Whether an object is news of its making where nobody has told of it. */
  readonly isNew?: (object: Json) => boolean;
  /** The same of a membership: whether somebody has told of it, their organization knows. */
  readonly isMade?: (object: Json) => boolean;
  /** The user that an object is about, where that is not whom its event names. */
  readonly memberOf?: (object: Json) => string;
};

type EventReading = Extract<Reading, { kind: 'event' }>;

/** One event on its way. `whenNew` in its place where nobody has told of the user before. */
export type Bound = {
  readonly reading: EventReading;
  readonly event: PersonEvent;
  readonly whenNew: PersonEvent | null;
};

type Read = {
  readonly bound: readonly Bound[];
  readonly unreadable: readonly UnreadableEvent[];
  /** What an organization pays for. */
  readonly leavings: readonly Leaving[];
};

export function readPage(world: JobWorld, page: Page): Read {
  const bound: Bound[] = [];
  const unreadable: UnreadableEvent[] = [];
  const leavings: Leaving[] = [];
  for (const object of page.objects) {
    const isMade = page.isMade?.(object) === true;
    const body = bodyOf(page, object, isMade);
    const reading = readingOf(world, page, body);
    if (reading.kind === 'unreadable') unreadable.push(unreadableOf(page, reading, body));
    if (reading.kind === 'ignored' && reading.leaves !== undefined) leavings.push(reading.leaves);
    if (reading.kind !== 'event') continue;
    const event = { ...eventOf(page, reading), ...shownBy(page, object, isMade) };
    bound.push({ reading, event, whenNew: whenNewOf(world, page, object) });
  }
  return { bound, unreadable, leavings };
}

function shownBy({ isBaseline, isSilent }: Page, object: Json, isMade: boolean) {
  return {
    ...((isBaseline || isMade) && ({ isListed: true } as const)),
    ...(isSilent?.(object) === true && ({ isSilent: true } as const)),
  };
}

function bodyOf({ provider, askedAt }: Page, object: Json, isNew: boolean): Json {
  return provider.snapshot({ object, askedAt, ...(isNew && ({ isNew } as const)) });
}

function readingOf({ config }: JobWorld, { provider, askedAt }: Page, body: Json): Reading {
  return provider.read({ json: body, deliveryId: idOf(body), receivedAt: askedAt }, config.read);
}

/** Clerk's bodies carry no id of their own: the object's, so that what is parked is parked once. */
function idOf({ data, type }: Json): string {
  const id = typeof data === 'object' && data !== null && 'id' in data ? data.id : '';
  return `snapshot_${String(type)}_${String(id)}`;
}

function unreadableOf(
  { provider: { name: provider } }: Page,
  { id, type, problems }: Extract<Reading, { kind: 'unreadable' }>,
  body: Json,
): UnreadableEvent {
  return { provider, id, type, body: JSON.stringify(body), problems };
}

function whenNewOf(world: JobWorld, page: Page, object: Json): PersonEvent | null {
  if (page.isNew?.(object) !== true) return null;
  const reading = readingOf(world, page, bodyOf(page, object, true));
  return reading.kind === 'event' ? eventOf(page, reading) : null;
}

function eventOf({ provider }: Page, reading: EventReading): PersonEvent {
  const { id, type, customerId, of, buyerId, news } = reading;
  const by = buyerId === undefined ? {} : { buyerId };
  const about = { provider: provider.name, id, type, customerId, news, ...by };
  return of === undefined ? about : { ...about, of };
}
