// Every table of both shards is filled with somebody, who is then deleted. A table that is new has to be filled here, or be
// named as one that holds nobody: so that none is forgotten.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { openLinks } from '../../src/links/calls.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import type { News, PersonEvent } from '../../src/person/news.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { nobodyTold } from '../support/nobody-told.ts';

type Fields = Readonly<Record<string, string | number | null>>;

const ADA = { id: 'user_ada', email: 'ada@forget.test', name: 'Zephyrine', customer: 'cus_ada' };
const KEY = personKey(ADA.id);
const HOUR = 3_600_000;

const MESSAGE = JSON.stringify({
  type: 'track',
  event: 'x',
  userId: ADA.id,
  messageId: 'm_1',
  properties: { email: ADA.email, name: ADA.name },
});

/** What stays of them, and says nothing: the mark of a link has the customer's id. */
const STAYS = ['externals', 'holders', 'links', 'charges', 'queues', 'formers'];

/** A row of theirs in every table that is not filled by accepting an event. Numbered tables by their prefix. */
const OUTBOX_ROWS: Readonly<Record<string, Fields>> = {
  parked: { person: KEY, at: 1, removal: 0, reason: 'x', detail: ADA.name, content: MESSAGE },
  emails: { person: KEY, at: 1, message: MESSAGE },
  holds: { person: KEY, at: 1, next_at: 9e15, attempt: 1, failures: 1, failed_at: 1, slice: 1 },
  held: { person: KEY, seq: 1, part: 0, message: MESSAGE },
  coupons: { subscription: 'sub_1', person: KEY, next_at: 9e15, attempt: 0 },
  purchases: { person: KEY, id: 'sub_0', at: 1, purchase: MESSAGE },
  email_marks: { id: `m_${ADA.id}`, seq: 1, at: 1, person: KEY, event: 'x' },
};

const LINKS_ROWS: Readonly<Record<string, Fields>> = {
  links: { customer: ADA.customer, user_id: ADA.id, as_of: 1, version: 1, source: 'x' },
  hints: { customer: 'cs_1', user_id: ADA.id, email: null, as_of: 1, source: 'x' },
  waiting: { key: ADA.customer, seq: 1, id: 'e', at: 1, user_id: null, event: MESSAGE },
  queues: { key: ADA.customer, next_at: 0, attempt: 0, why: 'x' },
  formers: { customer: ADA.customer, shard: 's0', at: 1 },
  moves: { customer: 'cus_z', from_user: ADA.id, version: 1 },
  holders: {
    subscription: 'sub_1',
    customer: ADA.customer,
    user_id: ADA.id,
    as_of: 1,
    version: 1,
    source: 'subscription_metadata',
  },
  leavings: { subscription: 'sub_z', customer: 'cus_z', from_user: ADA.id, version: 1 },
  charges: { charge: 'ch_1', customer: ADA.customer, at: 1 },
  externals: { name: 'a hash', user_id: ADA.id, as_of: 1 },
};

/** They are filled by what the shard does itself: accepting, parking, deleting. */
const BY_ITSELF = ['people', 'journal', 'erasures', 'removals'];

/** What organizations hold of members: organizations/objects.test.ts. */
const OF_ORGANIZATIONS = ['members', 'notices', 'fan_outs', 'look_ups'];

/** Hashes of what was told, counts, times; `state` is looked at below. */
const NOBODY = [
  'gone',
  'seen',
  'counts',
  'state',
  'tally',
  'migrations',
  'namings',
  'sqlite_sequence',
];

function event(): PersonEvent {
  const traits = { email: ADA.email, firstName: ADA.name };
  const facet = { asOf: 1, rank: 2, traits } as const;
  const news: News = { kind: 'user', facet, created: true, createdAt: 1 };
  return { provider: 'clerk', id: 'e', type: 'user.created', customerId: null, news: [news] };
}

const never = async (): Promise<never> => {
  throw new Error('not part of this test');
};

function shards() {
  const world = createWorld(4);
  const state = { status: 400 };
  const links = createObject(world, {
    name: 'links',
    network: never,
    open: (platform) =>
      openLinks({
        platform,
        lookUp: null,
        findUser: null,
        waitingDays: 30,
        shardCount: 1,
        shards: {
          accept: never,
          untold: never,
          toldIn: never,
          closeCustomer: never,
          gainCustomer: never,
          loseCustomer: never,
          closeSubscription: never,
          gainSubscription: never,
          loseSubscription: never,
          vouch: never,
          place: never,
          erase: never,
        },
      }),
  });
  const outbox = createObject(world, {
    name: 's0',
    network: async () => new Response('{}', { status: state.status }),
    open: (platform) =>
      openOutbox({
        platform,
        configured: readConfig({ SHARDS: 1, LINGER_MS: 0, CUSTOMERIO_TRACK_TOKEN: 'key' }),
        eraseLinks: (gone) => links.call(async (code) => code.eraseMany(gone)),
        forgetParked: async () => null,
        acceptMany: nobodyTold,
      }),
  });
  return { world, links, outbox, state };
}

/** They sign up; the simulated clock runs until that is stored. */
async function heard(
  world: ReturnType<typeof createWorld>,
  outbox: ReturnType<typeof shards>['outbox'],
): Promise<void> {
  const state = { isStored: false };
  const accepting = outbox
    .call((code) => code.accept(ADA.id, event()))
    .finally(() => {
      state.isStored = true;
    });
  while (!state.isStored) await world.step();
  await accepting;
}

type Db = ReturnType<typeof shards>['outbox']['db'];

function tablesOf(db: Db): string[] {
  const rows = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
  return rows.map(({ name }) => String(name));
}

function fill(db: Db, rows: Readonly<Record<string, Fields>>): void {
  for (const [table, fields] of Object.entries(rows)) {
    const names = Object.keys(fields);
    const marks = names.map(() => '?').join(', ');
    db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks})`).run(
      ...Object.values(fields),
    );
  }
}

/** The tables in which any of these texts stands. */
function holding(db: Db, texts: readonly string[]): string[] {
  return tablesOf(db).filter((table) => {
    const all = JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all());
    return texts.some((text) => all.includes(text));
  });
}

const prefix = (table: string) => table.replace(/_\d+$/, '');

describe('every table', () => {
  it('is filled here, or holds nobody', async () => {
    const { world, outbox, links } = shards();
    await heard(world, outbox);
    await links.call(async () => undefined);
    const named = [
      ...Object.keys(OUTBOX_ROWS),
      ...Object.keys(LINKS_ROWS),
      ...BY_ITSELF,
      ...NOBODY,
      ...OF_ORGANIZATIONS,
    ];
    const there = [...tablesOf(outbox.db), ...tablesOf(links.db)].map(prefix);
    expect([...new Set(there)].toSorted()).toEqual(named.toSorted());
  });

  it('holds nothing of somebody deleted, once Customer.io has taken it; until then one row has the id', async () => {
    const { world, outbox, links, state } = shards();
    await heard(world, outbox);
    await links.call(async () => undefined);
    fill(outbox.db, OUTBOX_ROWS);
    fill(links.db, LINKS_ROWS);
    const texts = [ADA.id, ADA.email, ADA.name];
    const filled = holding(outbox.db, texts).map(prefix);
    expect(filled.toSorted()).toEqual([
      'email_marks',
      'emails',
      'held',
      'journal',
      'parked',
      'people',
      'purchases',
    ]);
    expect(holding(links.db, texts).toSorted()).toEqual([
      'externals',
      'hints',
      'holders',
      'leavings',
      'links',
      'moves',
      'waiting',
    ]);

    await outbox.call(async (code) => code.deletePerson(ADA.id));
    expect(holding(outbox.db, texts).map(prefix)).toContain('erasures');
    await world.pass(HOUR);
    expect(holding(outbox.db, texts)).toEqual(['removals']);
    state.status = 200;
    await world.pass(HOUR);
    expect(holding(outbox.db, texts)).toEqual([]);
    expect(holding(links.db, texts)).toEqual([]);
    // A hash of the id: the tombstone, the entry of the deletion, the marks of the link and the subscription. No count or record has it.
    expect(holding(outbox.db, [KEY]).map(prefix).toSorted()).toEqual(['journal', 'people']);
    expect(holding(links.db, [KEY]).toSorted()).toEqual(['holders', 'links']);
    expect(holding(links.db, [ADA.customer]).every((table) => STAYS.includes(table))).toBe(true);
  });
});
