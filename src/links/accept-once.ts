// Accept once: what one person was told is not told to the next, when the customer goes to somebody else and a webhook comes again.
// Only customers that have moved pay for the questions.

import type { Acceptance } from '../outbox/people/recorded.ts';
import type { PersonEvent } from '../person/news.ts';
import type { Shards } from './shards.ts';
import type { Belonging } from './whose.ts';

type Person = Extract<Belonging, { kind: 'person' }>;

export async function acceptOnce(
  shards: Pick<Shards, 'accept' | 'untold' | 'toldIn'>,
  to: Person,
  unplaced: PersonEvent,
): Promise<Acceptance> {
  const { kind: _, userId, formers = [], ...placed } = to;
  const event = { ...unplaced, ...placed };
  const keys = formers.length === 0 ? [] : await shards.untold(userId, event);
  if (keys.length === 0) return shards.accept(userId, event);
  const told = await Promise.all(formers.map(async (shard) => shards.toldIn(shard, keys)));
  return shards.accept(userId, { ...event, told: told.flat() });
}
