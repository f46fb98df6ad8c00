// Release: a queue whose person is known goes to the outbox, in order, one event at a time. Runs only in the alarm.
//
// What may happen between its steps, and why nothing is lost, doubled or overtaken:
// 1. An event arrives during a release: something still waits, so it goes to the end of the queue; the loop finds it.
// 2. An event arrives after the last one has gone: nothing waits, and it is placed at once. The look that finds the
//    queue empty and the queue's removal are one step, without an await between them.
// 3. The process dies after the outbox took an event and before it left the queue: it is accepted again, of which
//    nothing new comes.
// 4. The link moves during a release: every event is placed by the link as it stands when its turn comes. One that
//    was on its way is refused by a person who is closed for it (`moved`), and its turn comes again.
// 5. The link is forgotten during a release: the rest stays and waits for the next one.
// 6. The person is deleted during a release: the outbox answers `erased`; what is left of the queue is taken out, but
//    for what only names them on somebody else's customer.
// 7. The queue expires or is purged while one of its events is on its way, and begins anew: an event leaves by its
//    number and its id, so none that came later is taken for it.

import { eraseLinks } from './learn.ts';
import type { LinksShell } from './shell.ts';
import type { Waiting } from './tables/waiting.ts';

/** How often an event whose link has just moved is placed anew. */
const TURNS_MAX = 3;

/** A person is closed for a link that still stands: only a clock that went back can bring that about. */
export class MovedError extends Error {
  override readonly name = 'MovedError';
}

/** Returns when the queue is empty, or when whose it is has become unknown. */
export async function release(shell: LinksShell, key: string): Promise<void> {
  const { store } = shell;
  for (;;) {
    const next = store.waiting.first(key);
    if (next === null) {
      store.queues.remove(key);
      return;
    }
    const link = store.links.find(key);
    if (next.userId !== null) await hand(shell, next, { userId: next.userId });
    else if (link === null) return;
    else if (link.userId === null) drop(shell, next);
    else await hand(shell, next, { userId: link.userId, link: link.version });
  }
}

async function hand(
  shell: LinksShell,
  waiting: Waiting,
  to: { readonly userId: string; readonly link?: number },
): Promise<void> {
  const { userId, ...placed } = to;
  const event = { ...waiting.event, ...placed };
  const { outcome } = await shell.outbox(userId, (outbox) => outbox.accept(userId, event));
  if (outcome === 'erased') {
    // What is theirs is taken out; an event that only names them gets its turn again, by the customer's link.
    shell.transaction(() => shell.count({ erased: eraseLinks(shell.store, userId, shell.now()) }));
    return;
  }
  if (outcome === 'moved') {
    // Its turn comes again with the link as it stands by then; if that is the same one, later.
    if (shell.store.links.find(waiting.key)?.version === to.link) throw new MovedError();
    return;
  }
  shell.store.waiting.remove(waiting);
  shell.count({ released: 1 });
  shell.log({ decision: 'released', event: event.id, type: event.type, outcome });
}

function drop({ store, count }: LinksShell, waiting: Waiting): void {
  store.waiting.remove(waiting);
  count({ erased: 1 });
}

/** The events of a charge whose customer is known by now go where that customer's events go. */
export async function forward(
  shell: LinksShell,
  chargeId: string,
  customerId: string,
): Promise<void> {
  const { store } = shell;
  for (;;) {
    const next = store.waiting.first(chargeId);
    if (next === null) {
      store.queues.remove(chargeId);
      return;
    }
    const event = { ...next.event, customerId };
    await pass(shell, customerId, event);
    store.waiting.remove(next);
  }
}

async function pass(shell: LinksShell, customerId: string, event: Waiting['event']): Promise<void> {
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const placement = await shell.links(customerId, (links) =>
      links.place({ customerId, userId: null, claims: [], event }),
    );
    if (placement.kind !== 'person') return;
    const { kind: _, userId, ...placed } = placement;
    const { outcome } = await shell.outbox(userId, (outbox) =>
      outbox.accept(userId, { ...event, ...placed }),
    );
    if (outcome !== 'moved') return;
  }
  throw new MovedError();
}
