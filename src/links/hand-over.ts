// Hand over: a link that moved takes what its customer brought from the old person to the new one, and so does a subscription
// that names somebody else. Four steps, each durable and repeatable: close the old person, give to the new one, take from the
// old one, note that it is done.

import { holderIn } from './hold.ts';
import type { LinksState } from './state.ts';
import type { LeavingRow } from './tables/leavings.ts';
import type { Move } from './tables/moves.ts';

/** Every move there is, oldest first. Throws where an outbox cannot be reached; the move stays. */
export async function handOver(state: LinksState): Promise<void> {
  const { moves, leavings } = state.tables;
  for (;;) {
    const move = moves.first();
    if (move === null) break;
    await handOverOne(state, move);
    moves.remove(move.seq);
  }
  for (;;) {
    const leaving = leavings.first();
    if (leaving === null) return;
    await handOverSubscription(state, leaving);
    leavings.remove(leaving.seq);
  }
}

async function handOverOne(state: LinksState, move: Move): Promise<void> {
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
