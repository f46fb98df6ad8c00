// The larger shapes of the admin API's answers (contract.ts). Fields that came later have a default: a command line may be
// newer than the Worker it asks.

import * as v from '../platform/schema.ts';

export const figure = v.optional(v.number(), 0);
const figures = v.optional(v.record(v.number()), {});
export const next = v.optional(v.nullable(v.string()), null);
export const time = v.optional(v.nullable(v.string()), null);

/** One shard, as status tells it. */
export const SHARD = v.object({
  name: v.string(),
  pending: figure,
  lagMs: figure,
  parked: figure,
  /** Deletions that Customer.io refuses; they are asked again. */
  refusedErasures: figure,
  pause: v.optional(v.nullable(v.string()), null),
  /** Why delivery is late although it is not paused, a code. */
  delay: v.optional(v.nullable(v.string()), null),
  /** Unix milliseconds; 0: nothing yet. */
  lastLandedAt: figure,
  /** People whose first message fails while others' land, and some of them. */
  held: figure,
  heldMessages: figure,
  heldPeople: v.optional(v.array(v.object({ userId: v.string(), since: v.number() })), []),
  waiting: figure,
  waitingCustomers: figure,
  links: figure,
  /** Hand-overs and releases of the links that do not get through. */
  stuck: figure,
  mails: figures,
  counters: figures,
});

/** A webhook that came not long ago, in whichever shard; see outbox/recent.ts. */
export const RECENT = v.object({
  id: v.string(),
  /** Unix milliseconds. */
  at: v.number(),
  provider: v.string(),
  event: v.string(),
  type: v.string(),
  outcome: v.string(),
  reason: v.optional(v.nullable(v.string()), null),
  userId: v.optional(v.nullable(v.string()), null),
  told: v.optional(v.array(v.string()), []),
  landing: v.optional(v.string(), 'none'),
  landedAt: v.optional(v.nullable(v.number()), null),
  /** Its number in the journal of its shard; null where it told nothing. */
  entry: v.optional(v.nullable(v.number()), null),
});
