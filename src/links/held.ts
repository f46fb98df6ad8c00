// What a links shard holds about one person, a page at once: links and hints, and what waits for their customers. Of a row that
// names somebody else, too, only what is theirs. Read-only.

import { personKey } from '../outbox/people/table.ts';
import { heldRow, HELD_PAGE_MAX, sizeOf } from '../platform/held.ts';
import type { Held, HeldPage } from '../platform/held.ts';
import type { LinksTables } from './tables/tables.ts';

export type HeldRequest = {
  readonly userId: string;
  /** All that are theirs, wherever their links stand: a charge may be in another shard than its customer. */
  readonly customers: readonly string[];
  /**
   * Empty to begin with, then what the page before named: a queue and the number of its last event, or, with no queue before
   * the colon, a charge.
   */
  readonly after: string;
};

export function heldPage(tables: LinksTables, request: HeldRequest): HeldPage {
  const { customers, after } = request;
  if (after.startsWith(':')) return chargesPage(tables, customers, after.slice(1));
  const waiting = waitingPage(tables, { ...request, keys: customers });
  const held = [...(after === '' ? rowsOf(tables, request) : []), ...waiting.held];
  if (waiting.next !== null) return { held, next: waiting.next };
  const charges = chargesPage(tables, customers, '');
  return { held: [...held, ...charges.held], next: charges.next };
}

function rowsOf(tables: LinksTables, { userId, customers }: HeldRequest): Held[] {
  return [
    ...linksOf(tables, userId),
    ...tables.hints.ofPerson(userId).map((row) => heldRow('hints', row)),
    ...tables.externals.ofPerson(userId).map((row) => heldRow('externals', row)),
    ...tables.moves.ofPerson(userId).map((row) => heldRow('moves', row)),
    ...tables.holders.ofPerson(userId).map((row) => heldRow('holders', { ...row, erased: null })),
    ...tables.leavings.ofPerson(userId).map((row) => heldRow('leavings', row)),
    ...tables.formers.of(customers).map((row) => heldRow('formers', row)),
    ...tables.gone.of(customers).map((row) => heldRow('gone', row)),
    ...tables.queues.of(customers).map((row) => heldRow('queues', row)),
  ];
}

/** Charges of their customers, and what waits for these: seldom anything, so it is told with them. */
function chargesPage(tables: LinksTables, customers: readonly string[], after: string): HeldPage {
  const { found, next } = tables.charges.ofCustomers(customers, after);
  const keys = found.map(({ charge }) => String(charge));
  const held = [
    ...found.map((row) => heldRow('charges', row)),
    ...tables.queues.of(keys).map((row) => heldRow('queues', row)),
    ...keys.flatMap((key) => tables.waiting.inQueue(key).map((row) => heldRow('waiting', row))),
  ];
  return { held, next: next === null ? null : `:${next}` };
}

/** Whose it is now is told of their own links alone, and whose it was of nobody else. */
function linksOf({ links }: LinksTables, userId: string): Held[] {
  const key = personKey(userId);
  return links.naming(userId, key).map((link) => {
    const isTheirs = link.userId === userId;
    const erased = link.erased === key ? key : null;
    return heldRow('links', { ...link, userId: isTheirs ? userId : null, erased });
  });
}

function waitingPage(
  { waiting }: LinksTables,
  { userId, keys, after }: { userId: string; keys: readonly string[]; after: string },
): HeldPage {
  const [key = '', seq = '0'] = after.split(':');
  const held: Held[] = [];
  let row = waiting.nextOf({ userId, keys }, { key, seq: Number(seq) });
  while (row !== null) {
    held.push(heldRow('waiting', row));
    if (sizeOf(held) > HELD_PAGE_MAX) return { held, next: `${row.key}:${row.seq}` };
    row = waiting.nextOf({ userId, keys }, row);
  }
  return { held, next: null };
}
