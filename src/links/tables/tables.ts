// What one links shard stores: links, the waiting room, links that moved and are not handed over yet, the customers of
// charges, and a small record. Synchronous; the callers decide what is one transaction.

import type { Run } from '../../platform/sql.ts';
import { NEW_TALLY } from '../tally.ts';
import type { Tally } from '../tally.ts';
import { openCharges } from './charges.ts';
import { openLinksTable } from './links.ts';
import { openMoves } from './moves.ts';
import { openQueues } from './queues.ts';
import { openWaiting } from './waiting.ts';

export type LinksStore = ReturnType<typeof openLinks>;

export function openLinks(run: Run) {
  const links = openLinksTable(run);
  const waiting = openWaiting(run);
  const queues = openQueues(run);
  run('CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID');

  function tally(): Tally {
    const value = run(`SELECT value FROM tally WHERE name = 'tally'`)[0]?.['value'];
    return typeof value === 'string' ? { ...NEW_TALLY, ...JSON.parse(value) } : NEW_TALLY;
  }

  function saveTally(value: Tally): void {
    run(`INSERT OR REPLACE INTO tally (name, value) VALUES ('tally', ?)`, JSON.stringify(value));
  }

  return {
    links,
    waiting,
    queues,
    moves: openMoves(run),
    charges: openCharges(run),
    tally,
    saveTally,
  };
}
