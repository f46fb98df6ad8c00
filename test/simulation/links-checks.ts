// What has to hold after a run of links and outboxes, read from their tables and from the receiver without the
// project's code.

import { createHash } from 'node:crypto';

import { Violation } from './audit.ts';
import { holderOf, invoiceOf, lastOf } from './links-plan.ts';
import type { LinksPlan, LinksWebhook, SimCustomer } from './links-plan.ts';
import type { Mailbox } from './mailbox.ts';
import type { Receiver } from './receiver.ts';
import { erasedIn, journalAfter, mailsDueIn, parkedMails } from './tables.ts';
import type { Database } from './tables.ts';

/** Customer or charge → the events that ever waited for it, in the order of their arrival. */
type Waited = Map<string, string[]>;

/** Looks at the waiting rooms after every step: releases take longer than a step, so nothing is missed. */
export function createQueueWatch(databases: readonly Database[]) {
  const waited: Waited = new Map();
  const prepared = new Map<Database, ReturnType<Database['prepare']>>();

  /** Null: nobody has called the shard yet, and it has no tables. */
  function rowsOf(db: Database): ReturnType<Database['prepare']> | null {
    const known = prepared.get(db);
    if (known !== undefined) return known;
    if (!hasTables(db)) return null;
    const statement = db.prepare('SELECT key, id FROM waiting ORDER BY key, seq');
    prepared.set(db, statement);
    return statement;
  }

  function look(): void {
    for (const db of databases) {
      for (const row of rowsOf(db)?.all() ?? []) {
        const key = String(row['key']);
        const ids = waited.get(key) ?? [];
        if (!ids.includes(String(row['id']))) ids.push(String(row['id']));
        waited.set(key, ids);
      }
    }
  }

  return { waited, look };
}

export function waitingFor(db: Database, key: string): number {
  const row = db.prepare('SELECT COUNT(*) AS events FROM waiting WHERE key = ?').get(key);
  return Number(row?.['events'] ?? 0);
}

type End = {
  readonly plan: LinksPlan;
  readonly receiver: Receiver;
  readonly mailbox: Mailbox;
  readonly waited: Waited;
  /** When a webhook was first answered. */
  readonly answered: ReadonlyMap<LinksWebhook, number>;
  /** Webhooks with an answer that was lost: they may have been told before they waited. */
  readonly unheard: ReadonlySet<string>;
  readonly outboxes: readonly Database[];
  readonly links: readonly Database[];
};

export function checkEnd(end: End): void {
  checkMoments(end);
  checkOrder(end);
  checkFacets(end);
  checkTrials(end);
  checkLeftOvers(end);
  checkDeleted(end);
  checkMails(end);
}

/** Everybody has an email: what landed is mailed, or parked because nobody knows whether it was. */
function checkMails({ plan, receiver, mailbox, outboxes }: End): void {
  const homes = outboxes.filter(hasTables);
  const due = homes.reduce((sum, db) => sum + mailsDueIn(db), 0);
  if (due > 0) throw new Violation(`${due} mails are due`);
  const parked = new Set(homes.flatMap((db) => [...parkedMails(db)]));
  for (const { userId, event, properties } of receiver.memory.state().events) {
    const name = String(properties['webhook']);
    if (event !== 'checkout_completed' || plan.deleted.has(userId)) continue;
    if (mailbox.asked.has(name) || parked.has(name)) continue;
    throw new Violation(`${name} has landed and was not mailed`);
  }
}

/** Every moment once, on a person its customer belonged to; what came while a deleted person had it may be missing. */
function checkMoments(end: End): void {
  const { plan, receiver } = end;
  const { events } = receiver.memory.state();
  for (const webhook of [...plan.webhooks, ...plan.late]) {
    const { moment } = webhook;
    if (moment === null) continue;
    const { name, customer } = moment;
    const landed = events.filter(({ properties }) => properties['webhook'] === name);
    if (landed.length > 1) throw new Violation(`${name} landed ${landed.length} times`);
    const [first] = landed;
    if (first === undefined) {
      if (isExcused(end, customer, webhook)) continue;
      throw new Violation(`${name} of ${customer.id} is lost`);
    }
    // A subscription that names somebody makes a link where there is none.
    if (![...customer.owners, ...customer.named].includes(first.userId)) {
      throw new Violation(`${name} of ${customer.id} landed on ${first.userId}`);
    }
  }
}

/** The customer ends with somebody deleted, or a deleted one had it still when the webhook was sent. */
function isExcused({ plan, answered }: End, customer: SimCustomer, { at }: LinksWebhook): boolean {
  const last = lastOf(customer);
  if ([last, ...customer.named].some((userId) => plan.deleted.has(userId))) return true;
  if (!customer.owners.some((userId) => plan.deleted.has(userId))) return false;
  const takeover = plan.webhooks.find(({ reading }) =>
    reading.claims.some((claim) => claim.customerId === customer.id && claim.userId === last),
  );
  const learntAt = takeover === undefined ? Infinity : answered.get(takeover);
  return at <= (learntAt ?? Infinity);
}

/** A trial is converted once, whoever has the subscription when it is paid, and whoever had it before. */
function checkTrials({ plan, receiver }: End): void {
  const { events } = receiver.memory.state();
  for (const customer of plan.customers) {
    const invoiceId = invoiceOf(customer);
    const told = events.filter(
      ({ event, properties }) =>
        event === 'trial_converted' && properties['invoice_id'] === invoiceId,
    );
    const paid = plan.webhooks.find(({ reading }) =>
      reading.news.some((news) => news.kind === 'payment' && news.payment.invoiceId === invoiceId),
    );
    const had = [...customer.owners, ...customer.named];
    const isErased = had.some((userId) => plan.deleted.has(userId));
    const least = paid !== undefined && !isErased ? 1 : 0;
    if (told.length > 1 || told.length < least) {
      throw new Violation(
        `the trial of ${customer.subscriptionId} was converted ${told.length} times`,
      );
    }
  }
}

/** What waited landed in the order of its arrival, on each person, and nothing that came later landed before it. */
function checkOrder({ plan, receiver, waited, unheard }: End): void {
  const { events } = receiver.memory.state();
  const landed = events.map(({ properties }) => String(properties['webhook']));
  for (const [key, ids] of waited) {
    const customer = plan.customers.find(({ id }) => id === key);
    if (customer === undefined || customer.owners.length > 1) continue;
    // What waited goes with whoever is deleted; where it comes again, it is in its place for whoever has the customer then.
    const had = [...customer.owners, ...customer.named];
    if (had.some((userId) => plan.deleted.has(userId))) continue;
    // What was told to a buyer, unheard, comes again for whoever turns out to have the customer, under the same id.
    const first = customer.named.length > 0 ? ids.filter((id) => !unheard.has(id)) : ids;
    const positions = first.map((id) => landed.indexOf(id)).filter((position) => position >= 0);
    // A word of the customer's own, newer than its subscription's, moves the link: two people are two shards.
    const newest = new Map<string, number>();
    for (const position of positions) {
      const userId = events[position]?.userId ?? '';
      if (position < (newest.get(userId) ?? -1)) {
        throw new Violation(`${key}: ${landed[position] ?? ''} overtook what waited before it`);
      }
      newest.set(userId, position);
    }
  }
}

/** A customer's subscription stands with its last owner and nobody else. */
function checkFacets(end: End): void {
  const { plan, outboxes } = end;
  const people = outboxes.flatMap(peopleIn);
  for (const customer of plan.customers) {
    const sales = [...plan.webhooks, ...plan.late].filter((webhook) => isAbout(webhook, customer));
    if (sales.every((webhook) => isExcused(end, customer, webhook))) continue;
    const holders = people
      .filter(({ subscriptions }) => subscriptions.includes(customer.subscriptionId))
      .map(({ userId }) => userId);
    // Named on to somebody deleted, it is whoever has the customer's, or was taken along by who held it.
    if (customer.named.some((userId) => plan.deleted.has(userId))) continue;
    const holder = holderOf(customer);
    if (holders.join() !== holder) {
      throw new Violation(
        `${customer.subscriptionId} stands with ${holders.join()}, not ${holder}`,
      );
    }
  }
}

function isAbout({ reading }: LinksWebhook, customer: SimCustomer): boolean {
  return reading.news.some(
    (news) => news.kind === 'subscription' && news.facet.id === customer.subscriptionId,
  );
}

/** Nothing waits but for the deleted, no link is still to be handed over, nobody still to be erased. */
function checkLeftOvers({ plan, links, outboxes }: End): void {
  for (const db of links.filter(hasTables)) {
    for (const row of db.prepare('SELECT DISTINCT key FROM waiting').all()) {
      const key = String(row['key']);
      const customer = plan.customers.find(({ id }) => id.slice(4) === key.split('_')[1]);
      const isExcusable = customer !== undefined && plan.deleted.has(lastOf(customer));
      if (!isExcusable) throw new Violation(`${key} still waits`);
    }
    for (const table of ['moves', 'leavings']) {
      const { rows } = db.prepare(`SELECT COUNT(*) AS rows FROM ${table}`).get() ?? {};
      if (Number(rows) > 0) throw new Violation(`${Number(rows)} ${table} are not handed over`);
    }
  }
  for (const db of outboxes.filter(hasTables)) {
    const { erasures } = db.prepare('SELECT COUNT(*) AS erasures FROM erasures').get() ?? {};
    if (Number(erasures) > 0) throw new Violation(`${Number(erasures)} erasures are not done`);
  }
}

/** Their rows are tombstones, their entries empty but for the removal, and nothing came after it. */
function checkDeleted({ plan, receiver, outboxes, links }: End): void {
  const { resurrections } = receiver.memory.state();
  if (resurrections > 0) throw new Violation(`${resurrections} messages after a removal`);
  for (const db of links.filter(hasTables)) checkNobodyWaits(db, plan);
  for (const userId of plan.deleted) {
    const key = createHash('sha256').update(userId).digest('base64url');
    const homes = outboxes.filter(hasTables);
    const isErased = homes.some((db) => erasedIn(db).includes(key));
    if (!isErased) throw new Violation(`${userId} is not erased`);
    const left = homes
      .flatMap((db) => journalAfter(db, 0))
      .filter((entry) => entry.person === key && !entry.isRemoval && entry.messages.length > 0);
    if (left.length > 0) throw new Violation(`${left.length} entries of ${userId} are left`);
  }
}

/** Nothing that waits names a deleted person. */
function checkNobodyWaits(db: Database, plan: LinksPlan): void {
  const named = db.prepare('SELECT user_id FROM waiting WHERE user_id IS NOT NULL').all();
  const dead = named.filter(({ user_id: userId }) => plan.deleted.has(String(userId)));
  if (dead.length > 0) throw new Violation(`${dead.length} events name a deleted person and wait`);
}

function peopleIn(db: Database): { userId: string; subscriptions: string[] }[] {
  if (!hasTables(db)) return [];
  return db
    .prepare('SELECT person FROM people WHERE person IS NOT NULL')
    .all()
    .map((row) => {
      const person = JSON.parse(String(row['person'])) as {
        userId: string;
        subscriptions: Record<string, unknown>;
      };
      return { userId: person.userId, subscriptions: Object.keys(person.subscriptions) };
    });
}

/** A shard that nobody ever called has none. */
function hasTables(db: Database): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_master LIMIT 1`).get() !== undefined;
}
