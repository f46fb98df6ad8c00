// Pace at the receiver: no sliding second holds more requests than the rate limit and one a shard; what `Retry-After`
// asked for is kept; one request of a life is in flight. A clock that jumps can be held to the last of these only.

import { Violation } from './audit.ts';
import type { Plan } from './plan.ts';
import { TRAVEL_MS } from './receiver.ts';
import type { Arrival } from './receiver.ts';
import type { Database } from './tables.ts';
import { deliveryOf } from './tables.ts';

type Asked = { readonly shard: string; readonly ms: number; readonly at: number };

/** An answer is on its way for so long, as the request was before; a shard that fails meanwhile may not have read it. */
const ANSWER_MS_MAX = 50;

type Watched = {
  readonly db: Database;
  readonly clock: () => number;
  readonly hadFault: (from: number, to: number) => boolean;
};

export function createPoliteness(plan: Plan, objectNamed: (name: string) => Watched) {
  const recent: number[] = [];
  const asked = new Map<string, Asked>();

  function ask(one: Asked): void {
    asked.set(one.shard, one);
  }

  function arrive({ at, shard }: Arrival): void {
    recent.push(at);
    while ((recent[0] ?? at) <= at - 1000) recent.shift();
    if (plan.clockJumps) return;
    if (recent.length > plan.rateLimit + plan.shards) {
      throw new Violation(`${recent.length} requests within a second`);
    }
    const { db, clock, hadFault } = objectNamed(shard);
    const { notBefore = 0, pause = null } = deliveryOf(db);
    const wish = asked.get(shard);
    const isRead =
      wish !== undefined && !hadFault(wish.at - TRAVEL_MS.max, wish.at + ANSWER_MS_MAX);
    if (isRead && at < wish.at + wish.ms) {
      throw new Violation(`${shard} came back before its Retry-After was over`);
    }
    if (pause === null && Number(notBefore) > clock()) {
      throw new Violation(`${shard} sent before its stored notBefore`);
    }
  }

  return { ask, arrive };
}
