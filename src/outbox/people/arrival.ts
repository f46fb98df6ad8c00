// Arrivals: many events at once, and what became of them.

import type { PersonEvent } from '../../person/news.ts';
import type { AcceptOutcome } from './recorded.ts';

/** `whenNew` is taken in the place of `event` where nobody has told of the user before. */
export type Arrival = {
  readonly userId: string;
  readonly event: PersonEvent;
  readonly whenNew?: PersonEvent;
};

export type Taking = {
  readonly outcome: AcceptOutcome;
  readonly messages: number;
  /** Nobody had told of the user before. */
  readonly isNew: boolean;
};

/** `pending`: entries the shard has still to deliver; `rows`: what was written for it. */
export type Taken = {
  readonly takings: readonly Taking[];
  readonly pending: number;
  readonly rows: number;
};
