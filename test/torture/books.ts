// The books of a campaign: what was sent and answered, what landed, and whether it landed once, in order, on whom it
// belongs to. Each landing is judged when it comes, so a million webhooks take some bytes each.

import type { Memory } from '../emulator/state.ts';
import type { Call } from '../emulator/strict.ts';

/** One life's numbered webhooks, in order. Who may hold them are `user_NAME`, or `user_NAMEo0` … where links move. */
export type Stream = {
  readonly name: string;
  /** Below this number every webhook was answered. */
  answered: number;
  /** How many moves had been answered when each was first sent; empty where nothing moves. */
  readonly movedBefore: number[];
  movesBegun: number;
  movesAnswered: number;
  /** Seats that its subscription was last said to have; null without one. */
  seats: number | null;
  /** When the person's deletion was answered, Unix milliseconds. */
  deletedAt: number | null;
  /** How often each landed. */
  landed: Uint8Array;
  /** How often each was mailed. */
  readonly mailed: Map<number, number>;
};

/** One link is moved among so many people, in turn. */
export const OWNERS = 3;

/** Every so manyth webhook of a life is an abandoned checkout, which is mailed by rule. */
const MAIL_EVERY = 20;

export function isMailed(index: number): boolean {
  return index % MAIL_EVERY === 5;
}

/** A request takes no longer: what was on its way when somebody was deleted has arrived by then. */
const REQUEST_MS_MAX = 15_000;

const COUNTED = ['checkout_completed', 'checkout_abandoned'];

export type Books = ReturnType<typeof openBooks>;

type Traits = { second: number; seats: unknown; subscriptions: unknown };

export function openBooks() {
  const streams = new Map<string, Stream>();
  const people = new Map<string, Traits>();
  const newest = new Map<string, number>();
  const removals = new Map<string, number>();
  /** Message id → what it said, hashed. */
  const seen = new Map<string, number>();
  const figures = { landed: 0, resent: 0, requests: 0, refusedByUpstream: 0, staleIdentifies: 0 };
  const faults = {
    doubled: 0,
    outOfOrder: 0,
    misplaced: 0,
    unknown: 0,
    clashes: 0,
    afterRemoval: 0,
    mailedAfterDeletion: 0,
  };

  function open(name: string): Stream {
    const stream: Stream = {
      name,
      answered: 0,
      movedBefore: [],
      movesBegun: 0,
      movesAnswered: 0,
      seats: null,
      deletedAt: null,
      landed: new Uint8Array(64),
      mailed: new Map(),
    };
    streams.set(name, stream);
    return stream;
  }

  function take(call: Call): void {
    const messageId = String(call['messageId']);
    const hash = hashOf(JSON.stringify(call));
    const known = seen.get(messageId);
    if (known !== undefined) {
      figures.resent += 1;
      if (known !== hash) faults.clashes += 1;
      return;
    }
    seen.set(messageId, hash);
    const userId = String(call['userId']);
    if (removals.has(userId)) faults.afterRemoval += 1;
    const event = String(call['event']);
    if (call['type'] === 'identify') identify(userId, call);
    if (event === 'User Deleted') removals.set(userId, (removals.get(userId) ?? 0) + 1);
    if (COUNTED.includes(event)) land(userId, Number((call['properties'] as Call)['amount']));
  }

  function identify(userId: string, call: Call): void {
    const second = Math.floor(Date.parse(String(call['timestamp'])) / 1000);
    const before = people.get(userId);
    // Dropped, as by Customer.io: an older one, whose newer one went in its place just before a kill.
    if (before !== undefined && second <= before.second) {
      figures.staleIdentifies += 1;
      return;
    }
    const { seats = before?.seats, subscriptionsCount = before?.subscriptions } = (call['traits'] ??
      {}) as Call;
    people.set(userId, { second, seats, subscriptions: subscriptionsCount });
  }

  function land(userId: string, index: number): void {
    const { stream, owner } = streamOf(userId);
    if (stream === undefined) {
      faults.unknown += 1;
      return;
    }
    figures.landed += 1;
    if (index <= (newest.get(userId) ?? -1)) faults.outOfOrder += 1;
    newest.set(userId, index);
    if (owner !== null && !mayHold(stream, owner, index)) faults.misplaced += 1;
    if (index >= stream.landed.length) {
      const larger = new Uint8Array(Math.max(index + 1, stream.landed.length * 2));
      larger.set(stream.landed);
      stream.landed = larger;
    }
    const times = (stream.landed[index] ?? 0) + 1;
    stream.landed[index] = Math.min(255, times);
    if (times > 1) faults.doubled += 1;
  }

  function streamOf(userId: string) {
    const [, name = '', owner] = /^user_(.*?)(?:o(\d))?$/.exec(userId) ?? [];
    return { stream: streams.get(name), owner: owner === undefined ? null : Number(owner) };
  }

  /** Whoever had the customer when it was sent, or has got it since. */
  function mayHold(stream: Stream, owner: number, index: number): boolean {
    for (let move = stream.movedBefore[index] ?? 0; move <= stream.movesBegun; move += 1) {
      if (move % OWNERS === owner) return true;
    }
    return false;
  }

  function mail(userId: string, index: number): void {
    const { stream } = streamOf(userId);
    if (stream === undefined) {
      faults.unknown += 1;
      return;
    }
    stream.mailed.set(index, (stream.mailed.get(index) ?? 0) + 1);
    if (stream.deletedAt !== null && Date.now() > stream.deletedAt + REQUEST_MS_MAX) {
      faults.mailedAfterDeletion += 1;
    }
  }

  const memory: Memory = {
    take,
    request: ({ status }) => {
      figures.requests += 1;
      if (status !== 200) figures.refusedByUpstream += 1;
    },
    reset: () => undefined,
    state: () => figures,
  };

  return { open, mail, memory, streams, people, removals, faults, figures };
}

/** FNV-1a, 32 bits: what is compared has the same id already. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
