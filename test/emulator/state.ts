// What the emulator remembers: people, events and identifies in the order they came, and what was wrong with them.

import { isDeepStrictEqual } from 'node:util';

import type { Call } from './strict.ts';

type SeenMessage = {
  readonly userId: string;
  readonly messageId: string;
  readonly timestamp: string;
  readonly receivedAt: number;
};
type SeenEvent = SeenMessage & { readonly event: string; readonly properties: Call };
type SeenRequest = {
  readonly at: number;
  readonly path: string;
  readonly status: number;
  readonly items: number;
};

export type EmulatorState = {
  people: Record<string, { traits: Record<string, unknown>; identifiedAt: number }>;
  events: SeenEvent[];
  identifies: SeenMessage[];
  requests: SeenRequest[];
  /** Calls whose messageId had been seen: without effect, as at Customer.io. */
  duplicates: number;
  /** Calls that reused a messageId for something else: data that Customer.io would lose. */
  clashes: number;
  /** Calls about a person after their removal: Customer.io would create them again. */
  resurrections: number;
  /** Identifies not newer by a whole second than the one before: Customer.io drops them. */
  staleIdentifies: number;
  removed: string[];
};

const REMOVALS = ['User Deleted', 'User Suppressed'];
const REQUESTS_MAX = 100_000;

function newState(): EmulatorState {
  return {
    people: {},
    events: [],
    identifies: [],
    requests: [],
    duplicates: 0,
    clashes: 0,
    resurrections: 0,
    staleIdentifies: 0,
    removed: [],
  };
}

/** What an emulator keeps of what it is sent. */
export type Memory = {
  readonly take: (call: Call, receivedAt: number) => void;
  readonly request: (each: SeenRequest) => void;
  readonly reset: () => void;
  readonly state: () => unknown;
};

export function createMemory() {
  let state = newState();
  let seen = new Map<string, Call>();

  function take(call: Call, receivedAt: number): void {
    const messageId = String(call['messageId'] ?? '');
    const known = seen.get(messageId);
    if (known !== undefined) {
      state.duplicates += 1;
      if (!isDeepStrictEqual(known, call)) state.clashes += 1;
      return;
    }
    if (messageId !== '') seen.set(messageId, call);
    const userId = String(call['userId'] ?? call['anonymousId']);
    if (state.removed.includes(userId)) state.resurrections += 1;
    const timestamp = String(call['timestamp'] ?? new Date(receivedAt).toISOString());
    const message = { userId, messageId, timestamp, receivedAt };
    if (call['type'] === 'identify') identify(message, (call['traits'] ?? {}) as Call);
    if (call['type'] === 'track') track(message, call);
  }

  function identify(message: SeenMessage, traits: Call): void {
    state.identifies.push(message);
    const second = Math.floor(Date.parse(message.timestamp) / 1000);
    const person = state.people[message.userId];
    if (person !== undefined && second <= person.identifiedAt) {
      state.staleIdentifies += 1;
      return;
    }
    const merged = { ...person?.traits, ...traits };
    state.people[message.userId] = { traits: merged, identifiedAt: second };
  }

  function track(message: SeenMessage, call: Call): void {
    const event = String(call['event']);
    state.events.push({ ...message, event, properties: (call['properties'] ?? {}) as Call });
    if (REMOVALS.includes(event)) {
      delete state.people[message.userId];
      state.removed.push(message.userId);
    } else {
      state.people[message.userId] ??= { traits: {}, identifiedAt: 0 };
    }
  }

  function request(each: SeenRequest): void {
    if (state.requests.length < REQUESTS_MAX) state.requests.push(each);
  }

  function reset(): void {
    state = newState();
    seen = new Map();
  }

  return { take, request, reset, state: () => state };
}
