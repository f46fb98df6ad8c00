// Looks: what the console asks of a shard beside its figures: how delivery has gone, one person's timeline, one entry, who has
// an email, one organization. Read-only; a bounded part of a table at once.

import type { Traits } from '../../person/facet.ts';
import { toldTraits } from '../../person/identify.ts';
import { asMapped } from '../../person/mapping.ts';
import type { Person } from '../../person/person.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import type { Entry } from '../journal/entry.ts';
import type { Journal } from '../journal/table.ts';
import { personKey } from '../people/table.ts';
import type { Shard } from '../shard.ts';
import { shownEntries } from './entry.ts';
import type { ShownEntry } from './entry.ts';
import { heardOf, organizationSeen } from './organization.ts';
import type { Heard, HeardAsked, OrganizationAsked, OrganizationSeen } from './organization.ts';

/** Entries of a timeline, and how deep in the journal they are looked for: it is ordered by time, not by person. */
const ENTRIES_MAX = 60;
const DEPTH_ENTRIES = 200_000;

/** Of the newest entries no more are shown. */
const RECENT_MAX = 100;

export type Timeline =
  | { readonly kind: 'unknown' | 'erased' }
  | {
      readonly kind: 'person';
      readonly person: Person;
      /** As they go over the wire. */
      readonly traits: Traits;
      /** The newest first. */
      readonly entries: readonly ShownEntry[];
    };

/** `userId`: whose it is. */
export type FoundEntry = ShownEntry & { readonly userId: string | null };

/** `next`: where to go on; null at the end. */
type FoundPeople = { readonly found: readonly string[]; readonly next: string | null };

export type Course = ReturnType<typeof courseOf>;

/** What is asked: each by itself, or several at once. */
export type Look = {
  readonly course?: true;
  /** Of a user id. */
  readonly timeline?: string;
  /** By its number. */
  readonly entry?: number;
  /** How many of the newest entries. */
  readonly newest?: number;
  /** Of those the ones accepted before, Unix milliseconds. */
  readonly before?: number;
  /** An email, a subscription or an organization's name, and behind which row; it looks at so many. */
  readonly known?: { readonly by: string; readonly after: string };
  readonly organization?: OrganizationAsked;
  /** What people of this shard were told of an organization. */
  readonly heard?: HeardAsked;
};

export type Looked = {
  readonly course?: Course;
  readonly timeline?: Timeline;
  readonly entry?: FoundEntry | null;
  readonly newest?: readonly FoundEntry[];
  readonly known?: FoundPeople;
  readonly organization?: OrganizationSeen;
  readonly heard?: readonly Heard[];
};

export function look(shard: Shard, asked: Look): Looked {
  const { course, timeline, entry, newest, before, known, organization, heard } = asked;
  const { people } = shard.storage.tables();
  return {
    ...(course === undefined ? {} : { course: courseOf(shard) }),
    ...(timeline === undefined ? {} : { timeline: timelineOf(shard, timeline) }),
    ...(entry === undefined ? {} : { entry: entryAt(shard, entry) }),
    ...(newest === undefined ? {} : { newest: newestOf(shard, newest, before) }),
    ...(known === undefined ? {} : { known: people.known(known.by, known.after) }),
    ...(organization && { organization: organizationSeen(shard, organization) }),
    ...(heard && { heard: heardOf(shard, heard) }),
  };
}

function newestOf(shard: Shard, most: number, before?: number): FoundEntry[] {
  const { journal } = shard.storage.tables();
  const last = before === undefined ? journal.lastSeq() : lastBefore(journal, before);
  const count = Math.min(most, RECENT_MAX);
  const entries = journal.entriesAfter(last - count, { count }).filter(({ seq }) => seq <= last);
  return entries.toReversed().flatMap((entry) => foundEntry(shard, entry) ?? []);
}

/** The last entry accepted before `at`, 0 for none: a few reads by number, for times have no index. What was dropped was before. */
function lastBefore({ lastSeq, find }: Pick<Journal, 'lastSeq' | 'find'>, at: number): number {
  let [before, notBefore] = [0, lastSeq() + 1];
  while (notBefore - before > 1) {
    const middle = Math.floor((before + notBefore) / 2);
    if ((find(middle)?.at ?? 0) < at) before = middle;
    else notBefore = middle;
  }
  return before;
}

function entryAt(shard: Shard, seq: number): FoundEntry | null {
  const entry = shard.storage.tables().journal.find(seq);
  return entry === null ? null : foundEntry(shard, entry);
}

function foundEntry(shard: Shard, entry: Entry): FoundEntry | null {
  const [shown] = shownEntries(shard, [entry]);
  const userId = entry.messages[0]?.userId ?? null;
  return shown === undefined ? null : { ...shown, userId };
}

/** How delivery has gone, and what it waits for. Times in Unix milliseconds. */
function courseOf({ storage, platform }: ShardWorld) {
  const { batches, hours, notBefore, attempt, failingSince, state, lastLandedAt } =
    storage.delivery();
  return {
    at: platform.now(),
    batches,
    hours,
    notBefore,
    attempt,
    failingSince,
    state,
    lastLandedAt,
  };
}

function timelineOf(shard: Shard, userId: string): Timeline {
  const { people, journal } = shard.storage.tables();
  const key = personKey(userId);
  const known = people.find(key);
  if (known === undefined) return { kind: 'unknown' };
  if (known === null) return { kind: 'erased' };
  const { messages } = configIn(shard);
  const person = asMapped(known, messages.mapping);
  const entries = shownEntries(shard, journal.newestOf(key, ENTRIES_MAX, DEPTH_ENTRIES));
  return { kind: 'person', person, traits: toldTraits(person, messages), entries };
}
