// All that is held about one person, over the admin API: every table has a row of theirs, and none of anybody else's.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import { personKey } from '../../src/outbox/people/table.ts';
import type { News, PersonEvent } from '../../src/person/news.ts';
import { newPerson } from '../../src/person/person.ts';
import { checkout, claim, deletion, newCustomer, newUser } from '../support/person-events.ts';
import { byContract } from './by-contract.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const ADMIN_TOKEN = 'an-operator-token-of-length';
const [outbox, links] = [() => env.OUTBOX.getByName('s0'), () => env.LINKS.getByName('s0')];

type Row = Record<string, unknown>;
type Page = { held: { table: string; row: Row }[]; next: string | null };

// What was written by hand would be due for ever.
collectSent(async () => {
  for (const table of ['emails', 'removals', 'notices']) {
    await write(outbox(), `DELETE FROM ${table}`);
  }
  for (const table of ['moves', 'leavings', 'queues', 'waiting']) {
    await write(links(), `DELETE FROM ${table}`);
  }
  await settle();
});

async function ask(userId: string, query = ''): Promise<{ status: number; page: Page }> {
  const path = `/people/${userId}/export${query}`;
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await app.request(`/admin${path}`, { headers }, { ...env, ADMIN_TOKEN });
  const json = await byContract({ method: 'GET', path }, response);
  return { status: response.status, page: json as Page };
}

/** All pages, each table's rows. */
async function exported(userId: string) {
  const pages: Page[] = [];
  let query = '';
  for (;;) {
    const { page } = await ask(userId, query);
    pages.push(page);
    if (typeof page.next !== 'string') break;
    query = `?after=${page.next}`;
  }
  const rows = pages.flatMap(({ held }) => held);
  const of = (table: string) => rows.filter((each) => each.table === table).map(({ row }) => row);
  return { pages, of, tables: [...new Set(rows.map(({ table }) => table))].toSorted() };
}

function user(email: string): PersonEvent {
  const facet = { asOf: 1, rank: 2, traits: { email, phone: '+4915155501234' } } as const;
  const news: News = { kind: 'user', facet, created: false, createdAt: 1 };
  return { provider: 'clerk', id: email, type: 'user.updated', customerId: null, news: [news] };
}

const unreadable = (id: string, object: Row) => ({
  provider: 'stripe',
  id,
  type: 'invoice.paid',
  body: JSON.stringify(object),
  problems: ['id'],
});

type Shard = ReturnType<typeof outbox> | ReturnType<typeof links>;

function write(shard: Shard, query: string, ...bindings: (string | number)[]): Promise<unknown> {
  return runInDurableObject(shard as ReturnType<typeof outbox>, (_, { storage }) =>
    storage.sql.exec(query, ...bindings).toArray(),
  );
}

const ORG = 'org_export';

/** One has made it, and each has bought something for it. */
async function makeOrganization(ada: string, bob: string): Promise<void> {
  const buyers = { sub_ada: ada, sub_bob: bob };
  const facet = { asOf: 1, rank: 2, name: 'Acme', slug: 'acme', createdAt: 1, createdBy: ada };
  const row = { ...newPerson(ORG), organization: { facet, version: 1, buyers } };
  await outbox().health();
  const text = JSON.stringify(row);
  await write(outbox(), 'INSERT INTO people VALUES (?, ?)', personKey(ORG), text);
}

/** A person and one more with the same, so that whatever is another's is seen. */
async function fill(userId: string, customer: string, email: string): Promise<void> {
  const key = personKey(userId);
  await outbox().accept(userId, { ...user(email), customerId: null });
  await links().learn([claim(customer, userId)]);
  const event = checkout(customer, 'waits');
  // As a queue that is being released leaves it, and a link that is being handed over.
  await write(
    links(),
    'INSERT INTO waiting VALUES (?, 1, ?, 1, NULL, ?)',
    customer,
    event.id,
    JSON.stringify(event),
  );
  await write(
    links(),
    'INSERT INTO queues (key, next_at, attempt, why) VALUES (?, ?, 0, ?)',
    customer,
    Date.now() * 2,
    'why',
  );
  await write(
    links(),
    'INSERT INTO moves (customer, from_user, version) VALUES (?, ?, 1)',
    'cus_z',
    userId,
  );
  await write(
    links(),
    'INSERT INTO leavings (subscription, customer, from_user, version) VALUES (?, ?, ?, 1)',
    'sub_z',
    'cus_z',
    userId,
  );
  await write(
    links(),
    'INSERT INTO holders VALUES (?, ?, ?, NULL, 1, 1, ?)',
    `sub_${customer}`,
    customer,
    userId,
    'subscription_metadata',
  );
  await write(links(), 'INSERT INTO charges VALUES (?, ?, 1)', `ch_${customer}`, customer);
  await write(links(), 'INSERT INTO formers VALUES (?, ?, ?)', customer, 's1', Date.now());
  await write(links(), 'INSERT INTO gone VALUES (?, ?)', customer, Date.now() * 2);
  await write(
    links(),
    'INSERT INTO hints VALUES (?, ?, NULL, 1, ?)',
    `cs_${customer}`,
    userId,
    'x',
  );
  const message = JSON.stringify({ type: 'track', event: 'x', userId, messageId: `m_${userId}` });
  await write(
    outbox(),
    `INSERT INTO parked (at, person, removal, reason, detail, content) VALUES (1, ?, 0, 'x', 'x', ?)`,
    key,
    message,
  );
  await write(outbox(), 'INSERT INTO emails (at, person, message) VALUES (1, ?, ?)', key, message);
  await write(
    outbox(),
    `INSERT INTO email_marks (id, seq, at, person, event) VALUES (?, 1, 1, ?, 'x')`,
    `m_${userId}`,
    key,
  );
  await write(
    outbox(),
    'INSERT INTO removals VALUES (?, 1, ?, 1, ?)',
    key,
    Date.now() * 2,
    message,
  );
  await write(
    outbox(),
    'INSERT INTO erasures (person, user_id, at, seq, links, known_by, parked, next_at) VALUES (?, ?, 1, 0, 1, ?, 1, ?)',
    key,
    userId,
    JSON.stringify([userId]),
    Date.now() * 2,
  );
  await write(outbox(), 'INSERT INTO members VALUES (?, ?, ?, 1, 1)', personKey(ORG), userId, 'x');
  await write(
    outbox(),
    `INSERT INTO notices (org, user, at, news) VALUES (?, ?, 1, '{"kind":"membership"}')`,
    personKey(ORG),
    userId,
  );
  for (const [id, named] of [userId, email, customer].entries()) {
    await outbox().parkEvent(unreadable(`${userId}_${id}`, { named }));
  }
}

describe('the export of a person', () => {
  it('has what every table holds of them, and nothing of anybody else', async () => {
    const [ada, bob] = [newUser(), newUser()];
    await makeOrganization(ada, bob);
    const [cusAda, cusBob] = [newCustomer(), newCustomer()];
    await fill(ada, cusAda, 'ada@export.test');
    await fill(bob, cusBob, 'bob@export.test');
    const { of, tables } = await exported(ada);
    expect(tables).toEqual([
      'charges',
      'email_marks',
      'emails',
      'erasures',
      'formers',
      'gone',
      'hints',
      'holders',
      'journal',
      'leavings',
      'links',
      'members',
      'moves',
      'notices',
      'organizations',
      'parked',
      'people',
      'queues',
      'removals',
      'waiting',
    ]);
    expect(of('people')[0]?.['person']).toMatchObject({ userId: ada, user: { asOf: 1 } });
    expect(of('journal')).toMatchObject([{ isDelivered: false, messages: [{ userId: ada }] }]);
    expect(of('organizations')).toEqual([
      { id: ORG, name: 'Acme', isMaker: true, bought: ['sub_ada'], isThrough: false },
    ]);
    expect(of('members')).toMatchObject([{ org: personKey(ORG), user: ada, role: 'x' }]);
    // The message, and each webhook that names them by what we know.
    expect(of('parked')).toHaveLength(4);
    expect(of('waiting')).toMatchObject([{ key: cusAda, event: { customerId: cusAda } }]);
    const text = JSON.stringify((await exported(ada)).pages);
    expect(text).toContain(cusAda);
    for (const other of [bob, cusBob, personKey(bob), 'bob@export.test']) {
      expect(text).not.toContain(other);
    }
  });

  it('comes in pages that end with a megabyte, each row once, whatever a person has', async () => {
    const ada = newUser();
    const body = 'x'.repeat(400_000);
    for (let id = 0; id < 7; id += 1) {
      await outbox().parkEvent(unreadable(`${ada}_${id}`, { named: ada, body, id }));
    }
    const key = personKey(ada);
    for (let id = 0; id < 150; id += 1) {
      await outbox().accept(ada, { ...checkout(`cus_${ada}`, String(id)), customerId: null });
    }
    await write(
      outbox(),
      `INSERT INTO parked (at, person, removal, reason, detail, content)
        SELECT 1, ?, 0, 'x', 'x', json_object('n', value, 'x', ?) FROM json_each('[1,2,3,4,5]')`,
      key,
      body,
    );
    const { pages, of } = await exported(ada);
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.every((page) => JSON.stringify(page).length < 2_000_000)).toBe(true);
    const ids = of('parked').map(({ seq }) => seq);
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
    expect(new Set(of('journal').map(({ seq }) => seq)).size).toBe(150);
    expect(of('journal')).toHaveLength(150);
  });

  it('shows of a link that has moved to somebody else only what was theirs', async () => {
    const [ada, bob] = [newUser(), newUser()];
    const customer = newCustomer();
    await links().learn([claim(customer, ada)]);
    await outbox().accept(ada, deletion());
    await settle();
    await links().learn([claim(customer, bob, { asOf: Date.now() + 1000 })]);
    const [link] = (await exported(ada)).of('links');
    expect(link).toMatchObject({ customerId: customer, userId: null, erased: personKey(ada) });
    const [gained] = (await exported(bob)).of('links');
    expect(gained).toMatchObject({ customerId: customer, userId: bob, erased: null });
  });

  it('shows a hash of somebody deleted, and nothing of somebody unknown', async () => {
    const [gone, unknown] = [newUser(), newUser()];
    await outbox().accept(gone, user('gone@export.test'));
    await outbox().accept(gone, deletion());
    await settle();
    const { of, pages } = await exported(gone);
    expect(of('people')).toEqual([{ id: personKey(gone), person: null }]);
    expect(JSON.stringify(pages)).not.toMatch(new RegExp(`${gone}|gone@`));
    expect((await exported(unknown)).tables).toEqual([]);
  });

  it('refuses a place that is none', async () => {
    for (const after of ['x', '99.', '0.%20', 's0-1']) {
      expect((await ask('user_1', `?after=${after}`)).status).toBe(400);
    }
  });
});
