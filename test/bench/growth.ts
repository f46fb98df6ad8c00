// How it grows: what a month of webhooks (month.ts) was measured to leave in a shard's tables and to take, and what that makes of so
// many a second for ever. The table of src/README.md, which a test holds against this.

import { dollarsOf, MONTH_DAYS } from './cost.ts';
import { streamed } from './linger.ts';
import { A_MONTH, webhooksOfPerson } from './month.ts';
import { openShards } from './stored.ts';
import type { TableBytes } from './stored.ts';

const PEOPLE = 150;
const MONTHS = 12;
const SECONDS_A_DAY = 86_400;
/** Unix seconds: when the first of them signs up. */
const BEGAN = 1_790_000_000;

const GB = 1e9;
const SHARD_GB = 10;
const JOURNAL_DAYS = 7;
/** The month that runs, and three before it. */
const SEEN_DAYS = 122;
/** Shares of a disk: see outbox/journal/capability.ts and watch/incidents.ts. */
const TRIM_SHARE = 0.55;
export const ALERT_SHARE = 0.6;

/** `npm run bench` has 0.7 ms for a sign-up and 1 ms for a checkout. */
const CPU_MS = 1;
/** A request to Customer.io keeps its shard awake while it lingers (250 ms) and is sent. */
const AWAKE_MS = 350;
/** RATE_LIMIT, a second, over all shards. */
const REQUESTS_MAX = 100;
/** The cursor, and the alarm that is set. */
const ROWS_OF_A_REQUEST = 2;

export type Measured = {
  /** Webhooks that were put in. */
  readonly webhooks: number;
  /** Of them those that tell something: each is an entry of the journal. */
  readonly toldShare: number;
  /** Bytes a webhook, told or not. */
  readonly journal: number;
  readonly seen: number;
  /** Bytes for somebody who has paid for a year. */
  readonly person: number;
  readonly links: number;
  /** A webhook, requests to Customer.io aside. */
  readonly rows: number;
  readonly calls: number;
  readonly tables: { readonly outbox: TableBytes; readonly links: TableBytes };
};

/** People who sign up one after the other for a month, and stay a year. All that they make comes within an hour, so that pages fill. */
export function measured(): Measured {
  const shards = openShards();
  const gap = Math.floor((30 * SECONDS_A_DAY) / PEOPLE);
  const all = Array.from({ length: PEOPLE }, (_, index) =>
    webhooksOfPerson(index, BEGAN + index * gap, MONTHS),
  )
    .flat()
    .toSorted((a, b) => a.at - b.at);
  const from = (BEGAN + (MONTHS + 3) * 30 * SECONDS_A_DAY) * 1000;
  let told = 0;
  for (const [index, webhook] of all.entries()) {
    if (shards.take(webhook, from + index * 10) === 'accepted') told += 1;
  }
  const tables = { outbox: shards.outbox(), links: shards.links() };
  const each = (name: string, count: number) => (tables.outbox.get(name) ?? 0) / count;
  return {
    webhooks: all.length,
    toldShare: told / all.length,
    journal: each('journal', all.length),
    seen: each('seen', all.length),
    person: each('people', PEOPLE),
    links: (tables.links.get('links') ?? 0) / PEOPLE,
    rows: shards.rowsWritten() / all.length,
    calls: shards.calls() / all.length,
    tables,
  };
}

export type Load = { readonly perSecond: number; readonly shards: number };

/** Those of the document. */
export const LOADS: readonly Load[] = [
  { perSecond: 1, shards: 16 },
  { perSecond: 100, shards: 16 },
  { perSecond: 500, shards: 64 },
  { perSecond: 1000, shards: 64 },
];

/** Who makes so many webhooks a second. */
export function peopleOf(perSecond: number): number {
  return (perSecond * SECONDS_A_DAY * 30) / A_MONTH;
}

/** What one outbox shard stores, in GB, and for how many days there is room for what is delivered. */
export function storedBy({ journal, seen, person, links }: Measured, { perSecond, shards }: Load) {
  const webhooksADay = (perSecond * SECONDS_A_DAY) / shards;
  const people = ((peopleOf(perSecond) / shards) * person) / GB;
  const keys = (webhooksADay * SEEN_DAYS * seen) / GB;
  const aDay = (webhooksADay * journal) / GB;
  const room = (TRIM_SHARE * SHARD_GB - people - keys) / aDay;
  const days = Math.min(JOURNAL_DAYS, Math.max(1, room));
  const stored = people + keys + aDay * days;
  return { people, keys, aDay, days, stored, links: ((peopleOf(perSecond) / shards) * links) / GB };
}

/** The most a second that so many shards store with a day of history, below the alert. */
export function perSecondMax(figures: Measured, shards: number): number {
  const { people, keys, aDay } = storedBy(figures, { perSecond: 1, shards });
  return Math.floor((ALERT_SHARE * SHARD_GB) / (people + keys + aDay));
}

/** Requests to Customer.io for each webhook, on a simulated clock. */
async function requestsOf({ toldShare }: Measured, { perSecond, shards }: Load): Promise<number> {
  const told = (perSecond * toldShare) / shards;
  const webhooks = 1000;
  const { requests } = await streamed({ upstreamMs: 20, perSecond: told, webhooks, shards });
  return Math.min((requests / webhooks) * toldShare, REQUESTS_MAX / perSecond);
}

/** What it takes a month. */
export async function takenBy(figures: Measured, load: Load) {
  const requests = await requestsOf(figures, load);
  const { stored, links } = storedBy(figures, load);
  const rows = figures.rows + requests * ROWS_OF_A_REQUEST;
  const dollars = dollarsOf(load.perSecond * SECONDS_A_DAY * MONTH_DAYS, {
    cpuMs: CPU_MS,
    objectRequests: figures.calls + requests,
    rowsWritten: rows,
    objectWallMs: requests * AWAKE_MS,
    storedGb: (stored + links) * load.shards,
  });
  return { requests, rows, dollars };
}

/** Rows of the table, as the document has them. */
export async function growth(figures: Measured): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    LOADS.map(async (load) => {
      const { people, keys, days, stored } = storedBy(figures, load);
      const { requests, rows, dollars } = await takenBy(figures, load);
      return [
        load.perSecond.toLocaleString('en'),
        `${rounded(peopleOf(load.perSecond) / 1e6)} million`,
        String(load.shards),
        rounded(requests * load.perSecond),
        rounded(rows),
        `${rounded(people)} GB`,
        `${rounded(keys)} GB`,
        `${rounded(days)} days`,
        `${rounded(stored)} GB`,
        rounded(dollars),
      ];
    }),
  );
}

/** Two digits that count. */
export function rounded(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString('en');
}
