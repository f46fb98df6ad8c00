// What webhooks leave in SQLite: the bytes of each table, its indexes and the empty rest of its pages included, after the real
// code has read, placed and accepted them. One shard of each class, in memory.

import { DatabaseSync } from 'node:sqlite';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readConfig } from '../../src/config/config.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { accept } from '../../src/outbox/people/accept.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import { linksAlone } from './links-alone.ts';
import { SECRETS } from './load.ts';
import type { BenchWebhook } from './month.ts';

/** Bytes by table; journal_<hour> and seen_<month> as one each. */
export type TableBytes = ReadonlyMap<string, number>;

export function openShards() {
  const configured = readConfig({
    CLERK_WEBHOOK_SIGNING_SECRET: SECRETS.clerk,
    STRIPE_WEBHOOK_SECRET: SECRETS.stripe,
    STRIPE_MODE: 'both',
  });
  if (!configured.ok) throw new Error(configured.problems.join());
  const { config } = configured;
  const [outboxDb, linksDb] = [new DatabaseSync(':memory:'), new DatabaseSync(':memory:')];
  const storage = openStorage(platformOver(outboxDb));
  let now = 0;
  const links = linksAlone(platformOver(linksDb), () => now);
  let calls = 0;

  /** What became of it: the outcome of the outbox, or why it did not get there. */
  function take({ provider: name, json, id }: BenchWebhook, at: number): string {
    now = at;
    const provider = PROVIDERS.find((each) => each.name === name);
    const reading = provider?.read({ json, deliveryId: id, receivedAt: now }, config.read);
    if (reading?.kind !== 'event') return reading?.kind ?? 'none';
    const { type, customerId, claims, news, userId } = reading;
    const event = { provider: name, id: reading.id, type, customerId, news };
    if (customerId === null) return taken({ userId: userId ?? '', event });
    calls += 1;
    const placement = links.place({ customerId, userId, claims, event });
    if (placement.kind !== 'person') return placement.kind;
    const { kind: _, ...by } = placement;
    return taken({ userId: by.userId, event: { ...event, ...by } });
  }

  function taken(placed: Pick<Parameters<typeof accept>[1], 'userId' | 'event'>): string {
    calls += 1;
    return storage.takeIn((tables) => accept(tables, { ...placed, now }, config.messages)).outcome;
  }

  return {
    take,
    outbox: () => bytesOf(outboxDb),
    links: () => bytesOf(linksDb),
    /** Of the shards, the alarms' aside. */
    calls: () => calls,
    /** Those of tables; what an index takes comes on top, and nothing here has one but a new link. */
    rowsWritten: () => changesOf(outboxDb) + changesOf(linksDb),
  };
}

function changesOf(db: DatabaseSync): number {
  return Number(db.prepare('SELECT total_changes() AS changes').get()?.['changes']);
}

function bytesOf(db: DatabaseSync): TableBytes {
  const bytes = new Map<string, number>();
  const rows = db
    .prepare(
      `SELECT coalesce(s.tbl_name, d.name) AS name, sum(d.pgsize) AS bytes FROM dbstat d
        LEFT JOIN sqlite_master s ON s.name = d.name GROUP BY 1`,
    )
    .all();
  for (const row of rows) {
    const name = String(row['name']).replace(/_\d+$/, '');
    bytes.set(name, (bytes.get(name) ?? 0) + Number(row['bytes']));
  }
  return bytes;
}
