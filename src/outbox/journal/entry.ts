// One entry of the journal, and how a row of its tables is read.

import type { Changes } from '../../person/difference.ts';
import type { Message } from '../../person/message.ts';
import { numberOf, textOf } from '../../platform/sql.ts';

/** One accepted webhook's messages for one person: delivered in order of `seq`, which has no gaps. */
export type Entry = {
  readonly seq: number;
  /** When it was accepted, Unix milliseconds. */
  readonly at: number;
  /** The person's key, see `personKey`. */
  readonly person: string;
  /** Carries the person's removal, the one thing that is still sent once they are erased. */
  readonly isRemoval: boolean;
  readonly messages: readonly Message[];
  /** What it came of; absent where it came of no webhook, or was written by an older release. */
  readonly webhook?: WebhookNote;
};

/** Which webhook it was, what it told, and what it changed of what is known. */
export type WebhookNote = {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  /** By their own names, also those that EVENTS drops. */
  readonly moments: readonly string[];
  readonly changes: Changes;
};

/** What an entry is made of, for a SELECT. */
export const COLUMNS = 'seq, at, person, removal, messages, webhook';

export type Row = Record<string, unknown>;

export function entryOf(row: Row): Entry {
  return {
    seq: numberOf(row['seq']),
    at: numberOf(row['at']),
    person: textOf(row['person']),
    isRemoval: row['removal'] === 1,
    messages: JSON.parse(textOf(row['messages'])),
    ...(typeof row['webhook'] === 'string' ? { webhook: JSON.parse(row['webhook']) } : {}),
  };
}
