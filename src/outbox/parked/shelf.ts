// Parked things: how a webhook that could not be read gets here, and what the operator may do with what is here: look,
// replay, discard.

import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { noteHeard } from '../delivery/heard.ts';
import { webhookKey } from '../people/seen.ts';
import { PersonTooLarge } from '../people/table.ts';
import { withoutPersonal } from './detail.ts';
import { nameOf, replay } from './replay.ts';
import type { ReplayOutcome } from './replay.ts';
import type { ParkedRow } from './table.ts';

/** A verified webhook that is ours by type, but unlike our schema. `problems` name fields, never values. */
export type UnreadableEvent = {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly problems: readonly string[];
};

/** One line of the list: no personal data. */
export type ParkedLine = {
  readonly seq: number;
  readonly at: number;
  readonly reason: string;
  readonly detail: string;
  /** Which event or message it is. */
  readonly about: string;
  /** Whose, as the key of their row, so that people can be counted; null for an event nobody could read. */
  readonly person: string | null;
};

/** All of one: `content` is JSON, a message or an event that could not be read. */
export type ParkedThing = ParkedLine & { readonly content: string };

export function parkedFigures({ storage }: ShardWorld) {
  return { parked: storage.tables().parked.count() };
}

/** Keeps an event once. */
export function parkEvent(
  { storage, platform }: ShardWorld,
  event: UnreadableEvent,
): 'parked' | 'duplicate' {
  const { provider, id, problems } = event;
  const at = platform.now();
  noteHeard(storage, { provider, outcome: 'unreadable', at });
  const key = webhookKey(provider, id);
  const reason = 'object_unexpected';
  const seq = storage.takeIn(({ seen, parked }) => {
    if (seen.has(key, at)) return null;
    seen.remember(key, at);
    const detail = problems.join('; ');
    return parked.add({ at, person: null, reason, detail, content: event });
  });
  if (seq === null) return 'duplicate';
  // Under this id `parked show` finds it.
  const about = {
    decision: 'parked',
    reason,
    provider,
    event: id,
    parked: `${platform.name}-${seq}`,
  };
  platform.log({ stage: 'outbox', ...about });
  return 'parked';
}

export function listParked({ storage }: ShardWorld, after: number, most: number): ParkedLine[] {
  return storage.tables().parked.listAfter(after, most).map(lineOf);
}

export function findParked({ storage }: ShardWorld, seq: number): ParkedThing | null {
  const row = storage.tables().parked.find(seq);
  return row === null ? null : { ...lineOf(row), content: JSON.stringify(row.content) };
}

export function replayParked(world: ShardWorld, seq: number): ReplayOutcome {
  const { storage, platform } = world;
  const options = configIn(world).messages;
  const outcome = unlessTooLarge(() =>
    storage.transaction((tables) => replay(tables, seq, { options, now: platform.now() })),
  );
  platform.log({ stage: 'outbox', decision: outcome, shard: platform.name, parked: seq });
  return outcome;
}

function unlessTooLarge(again: () => ReplayOutcome): ReplayOutcome {
  try {
    return again();
  } catch (error) {
    if (error instanceof PersonTooLarge) return 'person_too_large';
    throw error;
  }
}

/** False where nothing is parked under the number. */
export function discardParked({ storage, platform }: ShardWorld, seq: number): boolean {
  return storage.transaction(({ parked }) => {
    const isThere = parked.find(seq) !== null;
    if (isThere) parked.remove(seq);
    platform.log({ stage: 'outbox', decision: 'discarded', shard: platform.name, parked: seq });
    return isThere;
  });
}

function lineOf(row: ParkedRow): ParkedLine {
  const { seq, at, reason, content, person } = row;
  // An event that we could not read is refused in words of ours, which name fields alone.
  const detail = person === null ? row.detail : withoutPersonal(row.detail, content);
  return { seq, at, reason, detail, about: nameOf(row), person };
}
