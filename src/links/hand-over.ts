// Hand over: a link that moved takes what its customer brought from the old person to the new one. Four steps, each
// durable and repeatable: close the old person, give to the new one, take from the old one, note that it is done.

import type { LinksState } from './state.ts';
import type { Move } from './tables/moves.ts';

/** Every move there is, oldest first. Throws where an outbox cannot be reached; the move stays. */
export async function handOver(state: LinksState): Promise<void> {
  for (;;) {
    const move = state.tables.moves.first();
    if (move === null) return;
    await handOverOne(state, move);
    state.tables.moves.remove(move.seq);
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
