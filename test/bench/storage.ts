// npm run bench -- --storage: what a webhook that tells something takes on a shard's disk, measured over SQLite with the real code, and
// what a shard holds by it: journal for JOURNAL_DAYS, seen keys for up to four months. By arithmetic from there on.

import Table from 'cli-table3';

import { checkout, eventOf } from '../simulation/events.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';

const WEBHOOKS = 4000;
const DAY_SECONDS = 86_400;
const JOURNAL_DAYS = 7;
/** The month that runs, and three before it. */
const SEEN_DAYS = 122;
/** A shard has 10 GB, and its alert comes at 60 %. */
const ALERT_GB = 6;

/** Webhooks a second, over so many shards: those of *How it grows* in src/README.md. */
const LOADS = [
  { perSecond: 1, shards: 16 },
  { perSecond: 100, shards: 4 },
  { perSecond: 100, shards: 16 },
  { perSecond: 1000, shards: 64 },
  { perSecond: 10_000, shards: 64 },
];

type Bytes = { readonly journal: number; readonly seen: number };

/** Prints one row for each load. */
export async function storage(): Promise<void> {
  const bytes = await bytesOfOne();
  console.log(`stored of a webhook: ${bytes.journal} bytes of journal, ${bytes.seen} of seen key`);
  const head = ['webhooks/s', 'SHARDS', 'journal', 'seen keys', 'a shard', 'alert at 6 GB'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { perSecond, shards } of LOADS) {
    const aDay = (perSecond * DAY_SECONDS) / shards / 1e9;
    const [journal, seen] = [aDay * JOURNAL_DAYS * bytes.journal, aDay * SEEN_DAYS * bytes.seen];
    const all = journal + seen;
    const gb = [journal, seen, all].map((each) => `${Math.round(each * 100) / 100} GB`);
    table.push([perSecond, shards, ...gb, all < ALERT_GB ? 'never' : 'yes']);
  }
  console.log(`what a shard wants to hold, JOURNAL_DAYS ${JOURNAL_DAYS}\n${table.toString()}`);
}

/** A checkout, packed as tightly as SQLite can; in use its pages are less full. */
async function bytesOfOne(): Promise<Bytes> {
  const world = createWorld(4);
  const network = async () => new Response('{}');
  const { db, ...object } = outboxIn(world, { name: 's0', network, vars: () => ({ SHARDS: 16 }) });
  const stored = (): number => {
    db.exec('VACUUM');
    const [pages, size] = ['page_count', 'page_size'].map((name) =>
      Number(db.prepare(`PRAGMA ${name}`).get()?.[name]),
    );
    return (pages ?? 0) * (size ?? 0);
  };
  for (let index = 0; index < WEBHOOKS; index += 1) {
    const moment = checkout(`cs_test_${index}`.padEnd(66, 'a'), world.now());
    const event = eventOf(index, { kind: 'moment', moment });
    await world.answered(object.call((code) => code.accept(`user_${index % 400}`, event)));
  }
  await world.pass(60_000);
  const sizes = [stored()];
  for (const prefix of ['journal', 'seen']) {
    const names = db
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?`)
      .all(`${prefix}_[0-9]*`);
    for (const { name } of names) db.exec(`DROP TABLE ${String(name)}`);
    sizes.push(stored());
  }
  const [all = 0, withoutJournal = 0, withoutBoth = 0] = sizes;
  const each = (sum: number) => Math.round(sum / WEBHOOKS);
  return { journal: each(all - withoutJournal), seen: each(withoutJournal - withoutBoth) };
}
