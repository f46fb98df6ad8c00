// The tracks of the journal, for whoever asks what another mapping would have made of them: of each its name, the plans it
// names and what those names are made from. Nobody's id and nothing personal: a mapping changes neither. Read-only.

import { plansNamedIn } from '../../person/changed-mapping.ts';
import type { TrackMessage } from '../../person/message.ts';
import { own } from '../../person/own.ts';
import type { Person } from '../../person/person.ts';
import type { PlanNaming } from '../../person/plan-name.ts';
import type { ShardWorld } from '../capability.ts';

type JournalTrack = {
  /** When it happened, ISO-8601. */
  readonly timestamp: string;
  readonly event: string;
  /** Those that name a plan. */
  readonly properties: Readonly<Record<string, string>>;
  readonly namings: readonly PlanNaming[];
};

/** `next` null: that was the last page. */
type TracksPage = { readonly tracks: readonly JournalTrack[]; readonly next: number | null };

/** Behind the entry `after`, at most `most` entries. */
export function tracksPage({ storage }: ShardWorld, after: number, most: number): TracksPage {
  const { journal, people } = storage.tables();
  const entries = journal.entriesAfter(after, { count: most, bytes: 500_000 });
  const tracks = entries.flatMap(({ person, messages }) => {
    const told = messages.filter((message) => message.type === 'track');
    const known = told.length === 0 ? null : (people.find(person) ?? null);
    return told.map((track) => trackOf(track, known));
  });
  return { tracks, next: entries.at(-1)?.seq ?? null };
}

type Track = Pick<TrackMessage, 'timestamp' | 'event' | 'properties'>;

function trackOf({ timestamp, event, properties }: Track, person: Person | null) {
  const { subscription_id: id } = properties;
  const subscriptionId = typeof id === 'string' ? id : null;
  const facet = person === null ? null : own(person.subscriptions, subscriptionId);
  const change = own(person?.marks ?? {}, facet?.purchaseId ?? subscriptionId)?.planChange;
  const namings = [facet?.planNaming, change?.naming].filter((each) => each !== undefined);
  return { timestamp, event, properties: plansNamedIn(properties), namings };
}
