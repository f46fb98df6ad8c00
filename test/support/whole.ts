// Whole messages of two orders of arrival, compared.

import type { Message } from '../../src/person/message.ts';

type Track = Extract<Message, { type: 'track' }>;

/** In the order of keys that somebody drew. */
export function inOrder<Value>(values: readonly Value[], keys: Iterator<number>): Value[] {
  const keyed = values.map((value) => ({ value, key: Number(keys.next().value) }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ value }) => value);
}

/** What is not the same in both: `event.property` where a message differs, the event alone where one is missing. */
export function differences(expected: readonly Track[], actual: readonly Track[]): string[] {
  const [ours, theirs] = [byId(expected), byId(actual)];
  const ids = new Set([...ours.keys(), ...theirs.keys()]);
  return [...ids].flatMap((id) => differing(ours.get(id), theirs.get(id)));
}

function byId(tracks: readonly Track[]): Map<string, Track> {
  return new Map(tracks.map((track, index) => [nameIn(tracks, index), track]));
}

/** One that was told twice stands there twice. */
function nameIn(tracks: readonly Track[], index: number): string {
  const { event = '', messageId = '' } = tracks[index] ?? {};
  const before = tracks.slice(0, index).filter((each) => each.messageId === messageId);
  return `${event} ${messageId} ${before.length}`;
}

function differing(one: Track | undefined, other: Track | undefined): string[] {
  const { event } = one ?? other ?? { event: '' };
  if (one === undefined || other === undefined) return [event];
  const fields = (track: Track) => ({
    ...track.properties,
    timestamp: track.timestamp,
    userId: track.userId,
  });
  const [ours, theirs]: Record<string, unknown>[] = [fields(one), fields(other)];
  const names = Object.keys({ ...ours, ...theirs });
  return names.filter((name) => ours?.[name] !== theirs?.[name]).map((name) => `${event}.${name}`);
}
