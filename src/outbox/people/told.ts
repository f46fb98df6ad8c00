// What the people of this shard were told, for whoever compares it with what Customer.io shows. Read-only, a page at once.

import type { EarlierTraits } from '../../customerio/compare-person.ts';
import type { Traits } from '../../person/facet.ts';
import { toldTraits } from '../../person/identify.ts';
import { asMapped } from '../../person/mapping.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { personKey } from './table.ts';

/** A person, or an organization as an object. */
export type ToldPerson = {
  readonly userId: string;
  /** Of their row. */
  readonly key: string;
  /** As they go over the wire. */
  readonly traits: Traits;
  /** The time of the newest identify, or of an organization's group; Unix milliseconds. */
  readonly identifiedAt: number;
};

/** `seen`: also who was never told. `next` null: that was the last page. */
export type ToldPage = {
  readonly people: readonly ToldPerson[];
  readonly seen: number;
  readonly next: string | null;
  /** When the oldest entry was accepted that has not landed: from then on Customer.io may not know yet. Unix milliseconds. */
  readonly landedUntil: number;
  /** Organizations that nobody is in to send them through. */
  readonly alone?: number;
};

/** By id. */
export type ToldEarlier = Readonly<Record<string, readonly EarlierTraits[]>>;

/** Of a person the newest entries of the journal, looked for among the newest of the shard. */
const EARLIER = { entries: 50, depth: 20_000 } as const;

/** Whom nobody here has heard of, and who is deleted here. */
export type Strangers = { readonly unknown: readonly string[]; readonly erased: readonly string[] };

export function toldPage(world: ShardWorld, after: string, most: number): ToldPage {
  const { messages: options } = configIn(world);
  const { rows, next } = world.storage.tables().people.page(after, most);
  const people = rows.flatMap(({ key, person }) => {
    if (person === null || person.lastIdentifyAt === 0) return [];
    const traits = toldTraits(asMapped(person, options.mapping), options);
    return [{ userId: person.userId, key, traits, identifiedAt: person.lastIdentifyAt }];
  });
  return { people, seen: rows.length, next, landedUntil: landedUntil(world) };
}

export function landedUntil({ storage, platform }: ShardWorld): number {
  const { journal } = storage.tables();
  const [oldest] = journal.entriesAfter(storage.delivery().cursor.seq, { count: 1 });
  return oldest?.at ?? platform.now();
}

/** The traits that each of these people, or organizations, was told lately, as far as the journal has them, as they went over the wire. */
export function toldBefore({ storage }: ShardWorld, userIds: readonly string[]): ToldEarlier {
  const { journal } = storage.tables();
  const { entries, depth } = EARLIER;
  return Object.fromEntries(
    userIds.map((userId) => {
      const found = journal.newestOf(personKey(userId), entries, depth);
      const messages = found.flatMap((entry) => entry.messages);
      const told = messages.flatMap((each) => (each.type === 'track' ? [] : [each.traits]));
      return [userId, told] as const;
    }),
  );
}

export function strangersAmong({ storage }: ShardWorld, userIds: readonly string[]): Strangers {
  const { people } = storage.tables();
  const found = userIds.map((userId) => ({ userId, person: people.find(personKey(userId)) }));
  return {
    unknown: found.filter(({ person }) => person === undefined).map(({ userId }) => userId),
    erased: found.filter(({ person }) => person === null).map(({ userId }) => userId),
  };
}

/** By the key of their row; who is deleted has none. */
export function userIdsOf(
  { storage }: ShardWorld,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  const { people } = storage.tables();
  return Object.fromEntries(
    keys.flatMap((key) => {
      const userId = people.find(key)?.userId;
      return userId === undefined ? [] : [[key, userId] as const];
    }),
  );
}
