// What other tables would change of what is here, before anything is deployed: the newest moments of the journal, and the people
// whom a refresh would identify. By the same code as `lifecycle explain --against` and `sync refresh --dry-run`. Changes nothing.

import { joinRefreshed, NOBODY } from '../outbox/people/refreshed.ts';
import type { Refreshed } from '../outbox/people/refreshed.ts';
import { changedTrack, objectUnder, traitsUnder } from '../person/changed-mapping.ts';
import type { MappingChange } from '../person/changed-mapping.ts';
import { countedChanges } from '../person/counted-changes.ts';
import type { GroupMessage, Message } from '../person/message.ts';
import type { MessageOptions } from '../person/messages.ts';
import type { Person } from '../person/person.ts';
import { outboxOf } from '../platform/namespaces.ts';
import { shardNames } from '../platform/shards.ts';
import { peopleShardsOf } from '../sync/cloudflare-shards.ts';
import { entryAt, newestTracks, tracksAt } from './relay.ts';
import type { Relay } from './relay.ts';

/** People of one call: some tens of milliseconds. */
const PEOPLE_AT_ONCE = 500;

/** Calls over all shards: a request may make a thousand. */
const CALLS_MAX = 200;

/** Kinds of changes that are shown. */
const CHANGES_MAX = 30;

export async function whatWouldChange(relay: Relay, would: MessageOptions) {
  const change = { was: relay.config.messages, would };
  const [tracks, people] = await Promise.all([newestTracks(relay), peopleTouched(relay, would)]);
  const changes = countedChanges(tracks, change);
  return {
    moments: tracks.length,
    changed: changes.reduce((all, { count }) => all + count, 0),
    changes: changes.slice(0, CHANGES_MAX).map((each) => ({
      ...each,
      properties: each.properties.map((name) => ({
        name,
        was: each.was.properties[name],
        would: each.would.properties[name],
      })),
    })),
    people,
  };
}

/** `isWhole` false: there are more people than one request may look through. */
async function peopleTouched(relay: Relay, under: MessageOptions) {
  const shards = peopleShardsOf(relay.env, () => relay.config);
  const names = shardNames(relay.config);
  const calls = Math.ceil(CALLS_MAX / names.length);
  const parts = await Promise.all(
    names.map(async (name) => {
      let found: Refreshed = NOBODY;
      let after: string | null = '';
      for (let call = 0; call < calls && after !== null; call += 1) {
        const asked = { after, most: PEOPLE_AT_ONCE, isDryRun: true, under };
        const slice: Awaited<ReturnType<typeof shards.refresh>> = await shards.refresh(name, asked);
        found = joinRefreshed(found, slice);
        after = slice.next;
      }
      const ids = await shards.userIdsOf(name, found.examples);
      return { ...found, examples: Object.values(ids), isWhole: after === null };
    }),
  );
  const all = parts.reduce(joinRefreshed, NOBODY);
  return { ...all, isWhole: parts.every(({ isWhole }) => isWhole) };
}

/** What an entry of the journal told, and what it would tell; null: there is no such entry, or nothing is left of it. */
export async function entryUnder(relay: Relay, id: string, would: MessageOptions) {
  const entry = await entryAt(relay, id);
  if (entry === null || entry.webhook === null || entry.userId === null) return null;
  const change = { was: relay.config.messages, would };
  const [tracks, view] = await Promise.all([
    tracksAt(relay, id),
    outboxOf(relay.env, relay.config, entry.userId).view(entry.userId),
  ]);
  const namings = tracks.flatMap((track) => track.namings);
  const person = view.kind === 'person' ? view.person : null;
  const told = entry.messages.map(({ message }) => message);
  const under = (options: MessageOptions) => ({ ...change, would: options, namings, person });
  return {
    userId: entry.userId,
    type: entry.webhook.type,
    moments: entry.webhook.moments,
    was: told.flatMap((message) => messageUnder(message, under(change.was))),
    would: told.flatMap((message) => messageUnder(message, under(would))),
  };
}

type Under = MappingChange & {
  readonly namings: Parameters<typeof changedTrack>[2];
  readonly person: Person | null;
};

/** Traits are those of today: what they were then is not kept. */
function messageUnder(message: Message, { namings, person, ...change }: Under): Message[] {
  if (message.type === 'track') {
    const { event, properties } = changedTrack(message, change, namings)?.would ?? message;
    return event === false ? [] : [{ ...message, event, properties }];
  }
  if (message.type === 'group') return [groupUnder(message, person, change.would)];
  return [{ ...message, traits: person === null ? {} : traitsUnder(person, change.would) }];
}

/** An organization's object; what somebody is to it stays as it was told. */
function groupUnder(message: GroupMessage, person: Person | null, would: MessageOptions) {
  const { object_type_id: type = '', relationshipAttributes } = message.traits;
  if (person === null || relationshipAttributes !== undefined) return message;
  return { ...message, traits: { object_type_id: type, ...objectUnder(person, would) } };
}
