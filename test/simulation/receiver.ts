// Customer.io in the simulation: strict as the emulator, with an effect for every message id once, and every answer
// that we have to expect. It keeps the books that the checks read: what landed in which order, and when requests came.

import { createMemory } from '../emulator/state.ts';
import { readCalls } from '../emulator/strict.ts';
import type { Call } from '../emulator/strict.ts';
import type { Network } from './durable-object.ts';
import { FIRST_KEY } from './set-up.ts';
import type { World } from './world.ts';

type Landing = {
  readonly at: number;
  readonly shard: string;
  readonly calls: readonly Call[];
};

export type Arrival = { readonly at: number; readonly shard: string };

/** How often which answer is given, from 0 to 1; what is left is a healthy 200. */
export type Mood = {
  readonly unavailable: number;
  readonly rateLimited: number;
  readonly tornBefore: number;
  readonly tornAfter: number;
  readonly silent: number;
  readonly trickling: number;
  readonly html: number;
  readonly redirected: number;
};

export const FINE: Mood = {
  unavailable: 0,
  rateLimited: 0,
  tornBefore: 0,
  tornAfter: 0,
  silent: 0,
  trickling: 0,
  html: 0,
  redirected: 0,
};

/** Faster than a shard comes back to life, so nothing that a dead one sent arrives after what its heir sent. */
export const TRAVEL_MS = { min: 1, max: 40 };

export type Receiver = ReturnType<typeof createReceiver>;

export function createReceiver(world: World) {
  const { random } = world;
  const memory = createMemory();
  const landed = new Set<string>();
  /** Message id → when the request left whose answer said that it was taken. */
  const heard = new Map<string, number>();
  const state = {
    mood: FINE,
    key: FIRST_KEY,
    isDown: false,
    isRefusingAll: false,
    isRefusingRemovals: false,
  };
  const books = {
    requests: 0,
    resent: 0,
    onArrival: (_arrival: Arrival): void => undefined,
    onLanding: (_landing: Landing): void => undefined,
    /** A message came again although its shard was answered that it was taken, when it asked at that time. */
    onRepeat: (_shard: string, _id: string, _askedAt: number): void => undefined,
    onRateLimit: (_shard: string, _retryAfterMs: number): void => undefined,
  };

  const network: Network = async (from, url, init) => {
    const patience = init.signal ?? null;
    const isGivenUp = () => patience?.aborted === true;
    const aborted = new Promise<never>((_, reject) => {
      patience?.addEventListener('abort', () => reject(new Error('aborted')));
    });
    aborted.catch(() => undefined);
    const leftAt = world.now();
    const answer = (async () => {
      await world.wait(random.between(TRAVEL_MS.min, TRAVEL_MS.max));
      if (isGivenUp()) throw new Error('aborted');
      books.requests += 1;
      books.onArrival({ at: world.now(), shard: from.name });
      const response = await meet(from, url, init);
      await world.wait(random.between(TRAVEL_MS.min, TRAVEL_MS.max));
      if (response.ok && !isGivenUp()) {
        for (const id of idsIn(init)) heard.set(id, leftAt);
      }
      return response;
    })();
    answer.catch(() => undefined);
    return Promise.race([answer, aborted]);
  };

  async function meet(
    from: { readonly name: string },
    url: string,
    init: RequestInit,
  ): Promise<Response> {
    const { mood } = state;
    if (state.isDown || random.chance(mood.tornBefore)) throw new Error('connection reset');
    if (random.chance(mood.unavailable)) return said(random.pick([500, 502, 503, 504, 408]));
    if (random.chance(mood.redirected)) return said(302, { location: 'http://elsewhere.test/' });
    if (random.chance(mood.rateLimited)) return rateLimit(from);
    if (random.chance(mood.silent)) {
      await world.wait(3_600_000);
      throw new Error('nobody is there any more');
    }
    const response = take(from.name, url, init);
    if (random.chance(mood.tornAfter)) throw new Error('connection reset');
    if (random.chance(mood.trickling)) await world.wait(random.between(1000, 30_000));
    return random.chance(mood.html) && response.ok
      ? new Response('<p>', { status: 200 })
      : response;
  }

  function rateLimit(from: { readonly name: string }): Response {
    const seconds = random.pick([1, 2, 30, 600]);
    const header = random.pick([
      String(seconds),
      new Date(world.now() + seconds * 1000).toUTCString(),
      'soon',
      '-5',
      '1e400',
      '',
    ]);
    if (header === String(seconds)) books.onRateLimit(from.name, seconds * 1000);
    return said(429, header === '' ? {} : { 'retry-after': header });
  }

  function take(shard: string, url: string, init: RequestInit): Response {
    const headers = new Headers(init.headers);
    if (headers.get('x-strict-mode') !== '1') throw new Error('not strict');
    if (headers.get('authorization') !== `Basic ${btoa(`${state.key}:`)}`) return said(401);
    const read = readCalls(new URL(url).pathname.replace('/v1/', ''), String(init.body));
    if ('problems' in read) return said(400);
    // A message with such a name spoils every request that it is in, for ever.
    if (read.calls.some((call) => nameOf(call).startsWith('poison'))) return said(500);
    if (state.isRefusingAll || read.calls.some((call) => nameOf(call).startsWith('refused'))) {
      return said(400);
    }
    if (state.isRefusingRemovals && read.calls.some(isRemoval)) return said(400);
    const fresh = read.calls.filter((call) => !landed.has(idOf(call)));
    books.resent += read.calls.length - fresh.length;
    for (const call of read.calls) {
      const askedAt = heard.get(idOf(call));
      if (askedAt !== undefined) books.onRepeat(shard, idOf(call), askedAt);
      memory.take(call, world.now());
    }
    books.onLanding({ at: world.now(), shard, calls: fresh });
    for (const call of fresh) landed.add(idOf(call));
    return said(200);
  }

  return { network, state, books, landed, memory };
}

export function idOf(call: Call): string {
  return String(call['messageId']);
}

/** Of the messages of a request. */
function idsIn({ body }: RequestInit): string[] {
  const json = JSON.parse(String(body)) as Call & { readonly batch?: readonly Call[] };
  return (json.batch ?? [json]).map(idOf);
}

function isRemoval({ event }: Call): boolean {
  return event === 'User Deleted';
}

/** What its webhook's moment says of itself; empty for an identify. */
export function nameOf(call: Call): string {
  return String((call['properties'] as Call | undefined)?.['webhook'] ?? '');
}

function said(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(status === 400 ? '{"meta":{"error":"no"}}' : null, { status, headers });
}
