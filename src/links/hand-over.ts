// Hand over: a link that moved takes what its customer brought from the old person to the new one. Four steps, each
// durable and repeatable: close the old person, give to the new one, take from the old one, note that it is done.

import type { LinksShell } from './shell.ts';
import type { Move } from './tables/moves.ts';

/** Every move there is, oldest first. Throws where an outbox cannot be reached; the move stays. */
export async function handOver(shell: LinksShell): Promise<void> {
  for (;;) {
    const move = shell.store.moves.first();
    if (move === null) return;
    await handOverOne(shell, move);
    shell.store.moves.remove(move.seq);
  }
}

async function handOverOne(shell: LinksShell, move: Move): Promise<void> {
  const { customerId, from, version } = move;
  const hold = { customerId, version };
  // Where it came back, what the old person has is theirs again.
  if (shell.store.links.find(customerId)?.userId === from) return;
  const belongings = await shell.outbox(from, (outbox) => outbox.closeCustomer(from, hold));
  const link = shell.store.links.find(customerId);
  const to = link?.userId ?? null;
  if (to === from) return;
  if (link !== null && to !== null) {
    const gained = { customerId, version: link.version };
    await shell.outbox(to, (outbox) => outbox.gainCustomer(to, gained, belongings));
  }
  await shell.outbox(from, (outbox) => outbox.loseCustomer(from, hold));
  shell.count({ handedOver: 1 });
  shell.log({
    decision: 'handed_over',
    subscriptions: belongings.subscriptions.length,
    isAnybodys: to !== null,
  });
}
