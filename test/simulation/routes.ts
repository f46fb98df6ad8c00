// The shards as the door and the links call them, over simulated objects: each call goes to the shard of its key, as RPC
// does, so that every answer is a promise, is a copy, and takes its time.

import type { LinksCalls } from '../../src/links/calls.ts';
import type { Shards } from '../../src/links/shards.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import type { Instance, SimulatedObject } from './durable-object.ts';

/** A shard's calls as RPC makes them. */
export type Stub<Code> = {
  [Name in keyof Code]: Code[Name] extends (...args: infer Args) => infer Answered
    ? (...args: Args) => Promise<Awaited<Answered>>
    : never;
};

type Way<Code> = {
  /** Until a call is there, and until its answer is back. */
  readonly there: () => Promise<void>;
  readonly back: () => Promise<void>;
  /** Sees each call in the shard, before its answer goes out. */
  readonly watch?: (method: keyof Code, asked: unknown, answer: unknown) => void;
};

/** Undefined: there is no such shard, and its answers are nothing. */
export function stubOf<Code extends Instance>(
  object: SimulatedObject<Code> | undefined,
  { there, back, watch }: Way<Code>,
): Stub<Code> {
  const get = (_: unknown, method: keyof Code) => {
    return async (...args: unknown[]): Promise<unknown> => {
      await there();
      const values = args.map((arg) => structuredClone(arg));
      const value = await object?.call(async (code) => {
        const work = code[method] as (...all: unknown[]) => unknown;
        const answer = await work(...values);
        watch?.(method, args[0], answer);
        return answer;
      });
      await back();
      return structuredClone(value);
    };
  };
  return new Proxy({}, { get: get as never }) as Stub<Code>;
}

type Routes = {
  /** The shard that holds this key. */
  readonly outbox: (key: string) => Stub<OutboxCalls>;
  readonly outboxNamed: (name: string) => Stub<OutboxCalls>;
  readonly linksOf: (key: string) => Stub<LinksCalls>;
  readonly everyLinks: () => readonly Stub<LinksCalls>[];
};

export function routed({ outbox, outboxNamed, linksOf, everyLinks }: Routes): Shards {
  return {
    accept: (userId, event, ignored) => outbox(userId).accept(userId, event, ignored),
    untold: (userId, event) => outbox(userId).untold(userId, event),
    toldIn: (name, keys) => outboxNamed(name).areTold(keys),
    closeCustomer: (userId, link) => outbox(userId).closeCustomer(userId, link),
    gainCustomer: (userId, link, facts) => outbox(userId).gainCustomer(userId, link, facts),
    loseCustomer: (userId, link) => outbox(userId).loseCustomer(userId, link),
    closeSubscription: (userId, left) => outbox(userId).closeSubscription(userId, left),
    gainSubscription: (userId, gained, facts) =>
      outbox(userId).gainSubscription(userId, gained, facts),
    loseSubscription: (userId, left) => outbox(userId).loseSubscription(userId, left),
    vouch: (userId, question) => outbox(userId).vouch(userId, question),
    noteUnusable: (provider, remedy) => outbox(provider).noteUnusable(provider, remedy),
    parkEvent: (event) => outbox(event.id).parkEvent(event),
    place: (request) => linksOf(request.customerId).place(request),
    learnCharge: (chargeId, customerId) => linksOf(chargeId).learnCharge(chargeId, customerId),
    placeCharge: (chargeId, event) => linksOf(chargeId).placeCharge(chargeId, event),
    leave: (leaving) => linksOf(leaving.customerId).leave(leaving),
    learn: async (claim) => {
      await linksOf(claim.customerId).learn([claim]);
    },
    learnExternal: async (told) => {
      await Promise.all(everyLinks().map((links) => links.learnExternal(told)));
    },
    meant: (named) => linksOf(named).meant(named),
    erase: async (customerId, userId, at) => {
      await linksOf(customerId).erase(userId, at);
    },
  };
}
