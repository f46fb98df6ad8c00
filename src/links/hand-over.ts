// Hand over: a link that moved takes what its customer brought from the old person to the new one, and so does a subscription
// that names somebody else. Four steps, each durable and repeatable: close the old person, give to the new one, take from the
// old one, note that it is done.

import { retryDelayMs } from '../apis/backoff.ts';
import { faultOf } from '../platform/log.ts';
import type { HandOver } from './hand-overs.ts';
import { holderIn } from './hold.ts';
import { wake } from './learn.ts';
import type { LinksState } from './state.ts';
import type { LeavingRow } from './tables/leavings.ts';
import type { Move } from './tables/moves.ts';

/** One alarm run hands over no longer than this: then queues have their turn. */
const RUN_MS_MAX = 20_000;

/** Nor does it spend more of the run's calls. */
const SHARE_MAX = 0.5;

/** Everything that is due. One that cannot be done waits for itself and blocks no other. */
export async function handOver(state: LinksState): Promise<void> {
  const { now, handOvers, calls } = state;
  const until = now() + RUN_MS_MAX;
  for (const each of handOvers.due(now())) {
    if (now() >= until || calls.areSpent(SHARE_MAX)) return;
    await tryOne(state, each);
  }
}

async function tryOne(state: LinksState, each: HandOver): Promise<void> {
  const { now, random, handOvers, tables, log } = state;
  try {
    if (each.kind === 'link') await handOverLink(state, each.row);
    else await handOverSubscription(state, each.row);
    handOvers.done(each);
    // What came for the customer meanwhile has waited for this.
    wake(tables, each.row.customerId);
  } catch (error) {
    const attempt = each.row.attempt + 1;
    handOvers.postpone(each, now() + retryDelayMs(attempt, random(), null));
    log({ decision: 'hand_over_failed', attempt, fault: faultOf(error) });
  }
}

async function handOverLink(state: LinksState, move: Move): Promise<void> {
  const { tables, shards } = state;
  const { customerId, from, version } = move;
  const moved = { customerId, version };
  // Where it came back, what the old person has is theirs again.
  if (tables.links.find(customerId)?.userId === from) return;
  const facts = await shards.closeCustomer(from, moved);
  const link = tables.links.find(customerId);
  const to = link?.userId ?? null;
  if (to === from) return;
  if (link !== null && to !== null) {
    await shards.gainCustomer(to, { customerId, version: link.version }, facts);
  }
  await shards.loseCustomer(from, moved);
  state.count({ handedOver: 1 });
  state.log({
    decision: 'handed_over',
    subscriptions: facts.subscriptions.length,
    isAnybodys: to !== null,
  });
}

async function handOverSubscription(state: LinksState, leaving: LeavingRow): Promise<void> {
  const { tables, shards } = state;
  const { subscriptionId, customerId, from, version } = leaving;
  // Where it came back, what the old person has is theirs again.
  if (holderOf(state, leaving) === from) return;
  const isLinked = tables.links.find(customerId)?.userId === from;
  const left = { subscriptionId, customerId, version, stays: isLinked };
  const facts = await shards.closeSubscription(from, left);
  const holder = tables.holders.find(subscriptionId);
  const to = holderOf(state, leaving);
  if (to === from) return;
  if (holder !== null && to !== null) {
    const isNamed = holder.userId !== null;
    const gained = { subscriptionId, customerId, version: holder.version, stays: isNamed };
    await shards.gainSubscription(to, gained, facts);
  }
  await shards.loseSubscription(from, left);
  state.count({ handedOver: 1 });
  const subscriptions = facts.subscriptions.length;
  state.log({ decision: 'handed_over', subscriptions, isAnybodys: to !== null });
}

/** Null where it is nobody's: an organization's, or a deleted person's. */
function holderOf({ tables }: LinksState, { subscriptionId }: LeavingRow): string | null {
  const holder = tables.holders.find(subscriptionId);
  return holder === null ? null : holderIn(tables, holder);
}
