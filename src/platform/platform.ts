// What a shard has of the world: storage, one alarm, a clock, chance, timers and the network. The code behind
// the two classes sees nothing else, so the simulation runs the very same code in Node over node:sqlite.

import type { Decision } from './log.ts';
import type { Sql } from './sql.ts';

export type Platform = {
  /** The shard's own name, for the log. */
  readonly name: string;
  readonly sql: Sql;
  readonly disk: Disk;
  /** All of it or nothing. Synchronous: an `await` inside would let another request in. */
  readonly transaction: <Value>(write: () => Value) => Value;
  /** Null while the handler runs. */
  readonly getAlarm: () => Promise<number | null>;
  readonly setAlarm: (at: number) => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly after: Timer;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly log: (decision: Decision) => void;
};

/** Runs something later unless the function it returns is called first. */
type Timer = (ms: number, run: () => void) => () => void;

/** What is stored, and how much may be. */
type Disk = { readonly bytes: () => number; readonly bytesMax: number };

/** How full it is: 1 is all that may be. */
export function shareOf({ bytes, bytesMax }: Disk): number {
  return bytes() / bytesMax;
}
