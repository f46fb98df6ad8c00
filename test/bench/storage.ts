// npm run bench -- --storage: what the webhooks of paying people leave in SQLite, by table, and the table of *How it grows* in
// src/README.md, which comes of that.

import Table from 'cli-table3';

import { growth, measured, perSecondMax, rounded } from './growth.ts';

const HEAD = [
  'webhooks/s',
  'people',
  'SHARDS',
  'requests/s',
  'rows a webhook',
  'a shard: people',
  'seen keys',
  'history',
  'stored',
  '$ a month',
];

export async function storage(): Promise<void> {
  const figures = measured();
  const { webhooks, toldShare, journal, seen, person, links, rows, calls } = figures;
  console.log(
    `${webhooks} webhooks, ${Math.round(toldShare * 100)} % tell something. A webhook: ${Math.round(journal)} bytes of journal ` +
      `(${Math.round(journal / toldShare)} where it tells something), ${rounded(seen)} of seen keys, ${rounded(rows)} rows, ` +
      `${rounded(calls)} calls of shards. Somebody: ${Math.round(person)} bytes, ${Math.round(links)} of links`,
  );
  for (const [name, tables] of Object.entries(figures.tables)) {
    const kept = [...tables].filter(([, bytes]) => bytes > 0).toSorted((a, b) => b[1] - a[1]);
    const large = kept.filter(([, bytes]) => bytes > 20_000);
    console.log(`${name}: ${large.map(([table, bytes]) => `${table} ${bytes}`).join(', ')} bytes`);
  }
  for (const shards of [16, 64]) {
    console.log(`${shards} shards: ${perSecondMax(figures, shards)} a second below the alert`);
  }
  const table = new Table({ head: HEAD, style: { head: [], border: [] } });
  for (const row of await growth(figures)) table.push([...row]);
  console.log(table.toString());
}
