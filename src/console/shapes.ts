// The larger shapes of the admin API's answers (contract.ts). Fields that came later have a default: a command line may be
// newer than the Worker it asks.

import * as z from 'zod/mini';

export const figure = z._default(z.number(), 0);
const figures = z._default(z.record(z.string(), z.number()), {});
export const next = z._default(z.nullable(z.string()), null);
export const time = z._default(z.nullable(z.string()), null);

/** One shard, as status tells it. */
export const SHARD = z.object({
  name: z.string(),
  pending: figure,
  lagMs: figure,
  parked: figure,
  /** Deletions that Customer.io refuses; they are asked again. */
  refusedErasures: figure,
  pause: z._default(z.nullable(z.string()), null),
  /** Why delivery is late although it is not paused, a code. */
  delay: z._default(z.nullable(z.string()), null),
  /** Unix milliseconds; 0: nothing yet. */
  lastLandedAt: figure,
  /** People whose first message fails while others' land, and some of them. */
  held: figure,
  heldMessages: figure,
  heldPeople: z._default(z.array(z.object({ userId: z.string(), since: z.number() })), []),
  waiting: figure,
  waitingCustomers: figure,
  links: figure,
  /** Hand-overs and releases of the links that do not get through. */
  stuck: figure,
  mails: figures,
  counters: figures,
});

/** A webhook that came not long ago, in whichever shard; see outbox/recent.ts. */
export const RECENT = z.object({
  id: z.string(),
  /** Unix milliseconds. */
  at: z.number(),
  provider: z.string(),
  event: z.string(),
  type: z.string(),
  outcome: z.string(),
  reason: z._default(z.nullable(z.string()), null),
  userId: z._default(z.nullable(z.string()), null),
  told: z._default(z.array(z.string()), []),
  landing: z._default(z.string(), 'none'),
  landedAt: z._default(z.nullable(z.number()), null),
  /** Its number in the journal of its shard; null where it told nothing. */
  entry: z._default(z.nullable(z.number()), null),
});
