// What one links shard stores: links, holders of subscriptions, hints, the waiting room, what moved and is not handed over yet,
// the customers of charges, customers that are gone, and a small record. Synchronous; the callers decide what is one transaction.

import { COUNTS } from '../../platform/counts.ts';
import { openRecord, recordsMigrations } from '../../platform/records.ts';
import type { Run } from '../../platform/sql.ts';
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
  QUEUES,
  MOVES,
  HOLDERS,
  LEAVINGS,
  CHARGES,
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
    budget: (): LookUpBudget => ({ ...NEW_BUDGET, ...record.read() }),
    saveBudget: record.save,
  };
}
