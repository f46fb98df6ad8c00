// What keeps the queues of the waiting room true while other tables change: whether somebody is known for it, and that a queue
// goes with its last event. Triggers, in the very statement that changes it: no crash comes between, and nobody looks through the
// queues to know.

import type { Step } from '../../platform/migrations.ts';

/** Whom the first of its events names, if anybody. */
export const namedBy = (key: string) =>
  `(SELECT user_id FROM waiting WHERE waiting.key = ${key} ORDER BY seq LIMIT 1)`;

/**
 * It needs no provider's answer to go on: there is its customer's link, a hint of it, its charge's customer, or its first
 * event names its person.
 */
export const isKnown = (key: string) => `(EXISTS (SELECT 1 FROM links WHERE customer = ${key})
  OR EXISTS (SELECT 1 FROM charges WHERE charge = ${key}) OR EXISTS (SELECT 1 FROM hints WHERE customer = ${key})
  OR ${namedBy(key)} IS NOT NULL)`;

/** When the first of its events came. */
export const firstAt = (key: string) =>
  `(SELECT at FROM waiting WHERE waiting.key = ${key} ORDER BY seq LIMIT 1)`;

/** What the queue under a key is known by has changed: whoever changed it need not think of the queue. */
const knowAgain = (key: string) =>
  `UPDATE queues SET known = ${isKnown('queues.key')} WHERE key = ${key} AND known IS NOT ${isKnown('queues.key')}`;

/** A queue goes with its last event. */
export const goEmpty = (key: string) =>
  `DELETE FROM queues WHERE key = ${key} AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.key = ${key})`;

type Change = 'INSERT' | 'DELETE' | 'UPDATE OF user_id';

function knownBy(table: string, key: string, change: Change): Step {
  const row = change === 'DELETE' ? 'OLD' : 'NEW';
  const name = `queues_by_${table}_${change.slice(0, 6).toLowerCase()}`;
  const also = table === 'waiting' && change === 'DELETE' ? `${goEmpty('OLD.key')};` : '';
  return () => `CREATE TRIGGER IF NOT EXISTS ${name} AFTER ${change} ON ${table}
    BEGIN ${also} ${knowAgain(`${row}.${key}`)}; END`;
}

/** One for each change of a table that says whose a queue is. */
export const KNOWN_BY: readonly Step[] = [
  knownBy('links', 'customer', 'INSERT'),
  knownBy('links', 'customer', 'DELETE'),
  knownBy('charges', 'charge', 'INSERT'),
  knownBy('charges', 'charge', 'DELETE'),
  knownBy('hints', 'customer', 'INSERT'),
  knownBy('hints', 'customer', 'DELETE'),
  knownBy('waiting', 'key', 'INSERT'),
  knownBy('waiting', 'key', 'UPDATE OF user_id'),
  knownBy('waiting', 'key', 'DELETE'),
];
