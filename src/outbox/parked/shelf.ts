// What the operator may do with a shard's parked things: look, replay, discard.

import { armIfDue, configOf } from '../shard.ts';
import type { Shard } from '../shard.ts';
import { aboutOf, replay } from './replay.ts';
import type { ReplayOutcome } from './replay.ts';
import type { ParkedRow } from './table.ts';

/** One line of the list: no personal data. */
export type ParkedLine = {
  readonly seq: number;
  readonly at: number;
  readonly reason: string;
  readonly detail: string;
  readonly about: string;
};

/** All of one: `content` is JSON, a message or an event that could not be read. */
export type ParkedThing = ParkedLine & { readonly content: string };

export function listParked({ tables }: Shard, after: number, most: number): ParkedLine[] {
  return tables.store().parked.listAfter(after, most).map(lineOf);
}

export function findParked({ tables }: Shard, seq: number): ParkedThing | null {
  const row = tables.store().parked.find(seq);
  return row === null ? null : { ...lineOf(row), content: JSON.stringify(row.content) };
}

export function replayParked(shard: Shard, seq: number): ReplayOutcome {
  const { tables, platform } = shard;
  const options = configOf(shard.configured).messages;
  const outcome = tables.transaction((store) =>
    replay(store, seq, { options, now: platform.now() }),
  );
  platform.log({ stage: 'outbox', decision: outcome, shard: platform.name, parked: seq });
  armIfDue(shard);
  return outcome;
}

export function discardParked({ tables, platform }: Shard, seq: number): boolean {
  return tables.transaction(({ parked }) => {
    const isThere = parked.find(seq) !== null;
    if (isThere) parked.remove(seq);
    platform.log({ stage: 'outbox', decision: 'discarded', shard: platform.name, parked: seq });
    return isThere;
  });
}

function lineOf(row: ParkedRow): ParkedLine {
  const { seq, at, reason, detail } = row;
  return { seq, at, reason, detail, about: aboutOf(row) };
}
