// What one links shard stores: links, holders of subscriptions, hints, the waiting room, what moved and is not handed over yet,
// the customers of charges, customers that are gone, and a small record. Synchronous; the callers decide what is one transaction.

import { COUNTS } from '../../platform/counts.ts';
import { openRecord, recordsMigrations } from '../../platform/records.ts';
import type { Run } from '../../platform/sql.ts';
import { openWalk } from '../../platform/walk.ts';
import { NEW_BUDGET } from '../look-up-budget.ts';
import type { LookUpBudget } from '../look-up-budget.ts';
import { CHARGES, openCharges } from './charges.ts';
import { EXTERNALS, NAMINGS, openExternals } from './externals.ts';
import { FORMERS, openFormers } from './formers.ts';
import { GONE, openGone } from './gone.ts';
import { HINTS, openHints } from './hints.ts';
import { HOLDERS, openHolders } from './holders.ts';
import { LEAVINGS, openLeavings } from './leavings.ts';
import { LINKS, openLinksTable } from './links.ts';
import { MOVES, openMoves } from './moves.ts';
import { openQueues, QUEUES } from './queues.ts';
import { openWaiting, WAITING } from './waiting.ts';

export const LINKS_MIGRATIONS = [
  COUNTS,
  LINKS,
  HINTS,
  WAITING,
  MOVES,
  HOLDERS,
  LEAVINGS,
  CHARGES,
  // Behind what says whose a queue is: links, hints, charges and what waits.
  QUEUES,
  EXTERNALS,
  NAMINGS,
  GONE,
  FORMERS,
  recordsMigrations('tally'),
];

export type LinksTables = ReturnType<typeof openLinksTables>;

type Settings = {
  /** How many outbox shards there are. */
  readonly shardCount: number;
  /** Whether an organization may have a customer. */
  readonly areOrganizationsOn?: boolean;
};

export function openLinksTables(run: Run, { shardCount, areOrganizationsOn = false }: Settings) {
  const record = openRecord<LookUpBudget>(run, 'tally', 'tally');
  return {
    links: openLinksTable(run),
    hints: openHints(run),
    waiting: openWaiting(run),
    queues: openQueues(run),
    moves: openMoves(run),
    holders: openHolders(run),
    leavings: openLeavings(run),
    charges: openCharges(run),
    externals: openExternals(run),
    gone: openGone(run),
    areOrganizationsOn,
    formers: openFormers(run, shardCount),
    walks: openWalks(run),
    budget: (): LookUpBudget => ({ ...NEW_BUDGET, ...record.read() }),
    saveBudget: record.save,
  };
}

/** What goes when it is old, of tables that are in no order of time. */
function openWalks(run: Run) {
  const records = 'tally';
  return {
    /** Not before what waits for it has gone to its customer. */
    charges: openWalk(run, {
      records,
      table: 'charges',
      key: 'charge',
      past: 'at < ? AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.key = charges.charge)',
    }),
    formers: openWalk(run, { records, table: 'formers', key: 'customer', past: 'at < ?' }),
    /** Those for which nothing waits any more. */
    hints: openWalk(run, {
      records,
      table: 'hints',
      key: 'customer',
      past: 'as_of < ? AND NOT EXISTS (SELECT 1 FROM waiting WHERE waiting.key = hints.customer)',
    }),
    namings: openWalk(run, { records, table: 'namings', key: 'customer', past: 'as_of < ?' }),
  };
}
