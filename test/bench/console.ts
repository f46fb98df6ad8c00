// npm run bench:console [-- --people 10000 --entries 1000000]: what the pages of the console weigh over the real Worker, when one
// shard holds so many people and so much journal: time to the first byte, bytes, and rows that SQLite has read.

import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { parseArgs } from 'node:util';

import { openJournal } from '../../src/outbox/journal/table.ts';
import type { Run } from '../../src/platform/sql.ts';
import { invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { signUp } from '../console/world.ts';
import { startEmulator } from '../emulator/server.ts';
import { newFolder } from '../support/processes.ts';
import { ADMIN_TOKEN, CLERK_SECRET, delivered, post, STRIPE_SECRET } from '../support/relay.ts';
import { bundle, serve } from '../support/workerd.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '10000' },
    entries: { type: 'string', default: '1000000' },
  },
});
const PEOPLE = Number(values.people);
const ENTRIES = Number(values.entries);
const TRIES = 7;
const FIRST = 'user_w0';
const HOUR_MS = 3_600_000;
const ENTRY = path.join(import.meta.dirname, 'workers/counted.ts');

const PAGES = [
  '',
  '/webhooks',
  '/webhooks?person=user_w77',
  `/webhooks/s0-${Math.floor(ENTRIES / 2)}`,
  '/people',
  `/people/${FIRST}`,
  '/people/user_w77',
  '/waiting',
  '/parked',
  '/mapping',
  '/sync',
  '/setup',
];

const server = await startEmulator({ token: 'bench-key' });
const vars = {
  CLERK_WEBHOOK_SIGNING_SECRET: CLERK_SECRET,
  STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
  ADMIN_TOKEN,
  CUSTOMERIO_TRACK_TOKEN: 'bench-key',
  CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
  SHARDS: '1',
  LINGER_MS: '20',
};
const objects = { OUTBOX: 'Outbox', LINKS: 'Links', SYNC: 'Sync' };
const script = bundle(newFolder('bundle'), ENTRY);
const start = (folder?: string) =>
  serve({ script, vars, objects, ...(folder === undefined ? {} : { folder }) });

let relay = await start();
await tellFirst();
await delivered(relay);
await relay.kill();
const seededMs = timed(() => seed(relay.folder));
relay = await start(relay.folder);
console.log(`${PEOPLE} people and ${ENTRIES} entries in one shard, seeded in ${seededMs} ms`);
console.log('first byte ms: first, then the median and the slowest of 7 · bytes · rows read');
for (const place of PAGES) {
  const tries: Awaited<ReturnType<typeof measured>>[] = [];
  for (let each = 0; each <= TRIES; each += 1) tries.push(await measured(place));
  const [first, ...others] = tries;
  const times = others.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const figures = [first?.ms, times[Math.floor(TRIES / 2)], times.at(-1)].map((ms) =>
    (ms ?? 0).toFixed(0).padStart(5),
  );
  const { bytes = 0, rows = 0, status = 0 } = others.at(-1) ?? {};
  console.log(
    `${figures.join(' ')}  ${String(bytes).padStart(6)} B ${String(rows).padStart(6)} rows  ${status}  /console${place}`,
  );
}
await relay.close();
await server.close();

/** One person with all that a person has: the others are made like them. */
async function tellFirst(): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const metadata = { clerkUserId: FIRST };
  const about = { id: 'sub_w0', customer: 'cus_w0', created: now, metadata };
  await post(relay, 'clerk', signUp(FIRST, 'Ada', 'ada@example.test'));
  await post(
    relay,
    'stripe',
    stripeEvent('customer.subscription.created', subscription(about), { created: now }),
  );
  const paid = invoice(
    { id: 'in_w0', customer: 'cus_w0', created: now, status_transitions: { paid_at: now } },
    { periodStart: now, subscription: 'sub_w0' },
  );
  await post(relay, 'stripe', stripeEvent('invoice.paid', paid, { created: now }));
}

/** By the project's own code for the journal, so that it is as it would have become. */
function seed(folder: string): void {
  const disk = path.join(folder, 'disk');
  const files = readdirSync(disk, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /Outbox.*\.sqlite$/.test(name))) {
    const db = new DatabaseSync(path.join(disk, file));
    const has = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'people'`).get();
    const row = has === undefined ? undefined : db.prepare('SELECT person FROM people').get();
    if (row !== undefined) seedShard(db, String(row['person']));
    db.close();
  }
}

function seedShard(db: DatabaseSync, person: string): void {
  db.exec('BEGIN');
  const insert = db.prepare('INSERT OR IGNORE INTO people (id, person) VALUES (?, ?)');
  for (let each = 0; each < PEOPLE; each += 1) {
    const id = `user_w${each}`;
    insert.run(keyOf(id), person.replaceAll(FIRST, id).replaceAll('ada@', `w${each}@`));
  }
  const run = running(db);
  const { journal, told } = journalOf(run);
  const before = journal.lastSeq();
  const now = Date.now();
  for (let each = before; each < ENTRIES; each += 1) {
    const id = `user_w${each % PEOPLE}`;
    const at = now - Math.floor(((ENTRIES - each) / ENTRIES) * 20 * HOUR_MS);
    const messages = told.messages.map((message) => ({ ...message, userId: id }));
    journal.append({ ...told, at, person: keyOf(id), messages });
  }
  landAll(run, journal.lastSeq());
  db.exec('COMMIT');
}

/** What the first person's newest webhook told is what all entries tell. */
function journalOf(run: Run) {
  const journal = openJournal(run, 0);
  const told = journal.find(journal.lastSeq());
  if (told === null) throw new Error('nothing has been told');
  return { journal, told };
}

/** Nothing is pending: the cursor stands at the end. */
function landAll(run: Run, seq: number): void {
  run(
    `UPDATE state SET value = json_set(value, '$.cursor.seq', ?, '$.cursor.part', 0) WHERE name = 'delivery'`,
    seq,
  );
}

function running(db: DatabaseSync): Run {
  const statements = new Map<string, StatementSync>();
  return (query, ...bindings) => {
    const statement = statements.get(query) ?? db.prepare(query);
    statements.set(query, statement);
    return statement.all(...bindings);
  };
}

function keyOf(userId: string): string {
  return createHash('sha256').update(userId).digest('base64url');
}

async function measured(place: string) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const startedAt = performance.now();
  const response = await fetch(`${relay.url}/console${place}`, { headers });
  const ms = performance.now() - startedAt;
  const bytes = (await response.arrayBuffer()).byteLength;
  return { ms, bytes, rows: Number(response.headers.get('x-rows-read')), status: response.status };
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return Math.round(performance.now() - startedAt);
}
