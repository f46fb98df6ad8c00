// What has to hold after a run of links and outboxes, read from their tables and from the receiver without the
// project's code.

import { createHash } from 'node:crypto';

import { Violation } from './audit.ts';
import { lastOf } from './links-plan.ts';
import type { LinksPlan, SimCustomer } from './links-plan.ts';
import type { Receiver } from './receiver.ts';
import { erasedIn, journalAfter } from './tables.ts';
import type { Database } from './tables.ts';

/** Customer or charge → the events that ever waited for it, in the order of their arrival. */
export type Waited = Map<string, string[]>;

/** Looks at the waiting rooms after every step: releases take longer than a step, so nothing is missed. */
export function createQueueWatch(databases: readonly Database[]) {
  const waited: Waited = new Map();

  function look(): void {
    for (const db of databases) {
      if (!hasTables(db)) continue;
      for (const row of db.prepare('SELECT key, id FROM waiting ORDER BY key, seq').all()) {
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
  readonly waited: Waited;
  readonly outboxes: readonly Database[];
  readonly links: readonly Database[];
};

export function checkEnd(end: End): void {
  checkMoments(end);
  checkOrder(end);
  checkFacets(end);
  checkLeftOvers(end);
  checkDeleted(end);
}

/** Every moment once, on a person its customer belonged to; a deleted person's may be missing. */
function checkMoments({ plan, receiver }: End): void {
  const { events } = receiver.memory.state();
  for (const { moment } of plan.webhooks) {
    if (moment === null) continue;
    const { name, customer } = moment;
    const landed = events.filter(({ properties }) => properties['webhook'] === name);
    if (landed.length > 1) throw new Violation(`${name} landed ${landed.length} times`);
    const [first] = landed;
    if (first === undefined) {
      if (customer.owners.some((userId) => plan.deleted.has(userId))) continue;
      throw new Violation(`${name} of ${customer.id} is lost`);
    }
    if (!customer.owners.includes(first.userId)) {
      throw new Violation(`${name} of ${customer.id} landed on ${first.userId}`);
    }
  }
}

/** What waited landed in the order of its arrival, and nothing that came later landed before it. */
function checkOrder({ plan, receiver, waited }: End): void {
  const { events } = receiver.memory.state();
  const landed = events.map(({ properties }) => String(properties['webhook']));
  for (const [key, ids] of waited) {
    const customer = plan.customers.find(({ id }) => id === key);
    if (customer === undefined || customer.owners.length > 1) continue;
    const positions = ids.map((id) => landed.indexOf(id)).filter((position) => position >= 0);
    for (const [index, position] of positions.entries()) {
      if (position < (positions[index - 1] ?? -1)) {
        throw new Violation(`${key}: ${landed[position] ?? ''} overtook what waited before it`);
      }
    }
  }
}

/** A customer's subscription stands with its last owner and nobody else. */
function checkFacets({ plan, outboxes }: End): void {
  const people = outboxes.flatMap(peopleIn);
  for (const customer of plan.customers) {
    if (customer.owners.some((userId) => plan.deleted.has(userId))) continue;
    const holders = people
      .filter(({ subscriptions }) => subscriptions.includes(customer.subscriptionId))
      .map(({ userId }) => userId);
    const isSold = plan.webhooks.some(({ reading }) => isAbout(reading, customer));
    const expected = isSold ? [lastOf(customer)] : [];
    if (holders.join() !== expected.join()) {
      throw new Violation(
        `${customer.subscriptionId} stands with ${holders.join()}, not ${expected.join()}`,
      );
    }
  }
}

function isAbout(reading: { readonly news: readonly unknown[] }, customer: SimCustomer): boolean {
  return JSON.stringify(reading.news).includes(`"${customer.subscriptionId}"`);
}

/** Nothing waits but for the deleted, no link is still to be handed over, nobody still to be erased. */
function checkLeftOvers({ plan, links, outboxes }: End): void {
  for (const db of links.filter(hasTables)) {
    for (const row of db.prepare('SELECT DISTINCT key FROM waiting').all()) {
      const key = String(row['key']);
      const customer = plan.customers.find(({ id }) => id.slice(4) === key.split('_')[1]);
      const isExcused = customer?.owners.some((userId) => plan.deleted.has(userId)) ?? false;
      if (!isExcused) throw new Violation(`${key} still waits`);
    }
    const { moves } = db.prepare('SELECT COUNT(*) AS moves FROM moves').get() ?? {};
    if (Number(moves) > 0) throw new Violation(`${Number(moves)} moves are not handed over`);
  }
  for (const db of outboxes.filter(hasTables)) {
    const { erasures } = db.prepare('SELECT COUNT(*) AS erasures FROM erasures').get() ?? {};
    if (Number(erasures) > 0) throw new Violation(`${Number(erasures)} erasures are not done`);
  }
}

/** Their rows are tombstones, their entries empty but for the removal, and nothing came after it. */
function checkDeleted({ plan, receiver, outboxes }: End): void {
  const { resurrections } = receiver.memory.state();
  if (resurrections > 0) throw new Violation(`${resurrections} messages after a removal`);
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

/** An object that nobody ever called has none. */
function hasTables(db: Database): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_master LIMIT 1`).get() !== undefined;
}
