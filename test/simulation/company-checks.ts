// What has to hold of the company and of the renamed plan after a run, read from the tables and from the receiver.

import { Violation } from './audit.ts';
import { COMPANY } from './company-plan.ts';
import { holderOf } from './links-plan.ts';
import type { LinksPlan } from './links-plan.ts';
import type { Receiver } from './receiver.ts';
import type { Database } from './tables.ts';

/** What the plan is called at the end. */
export const RENAMED = 'Last';

type End = {
  readonly plan: LinksPlan;
  readonly receiver: Receiver;
  readonly sync: Database;
  readonly outboxes: readonly Database[];
};

export function checkCompany(end: End): void {
  checkMembers(end);
  checkLeftOvers(end);
  checkForgotten(end);
  checkRefreshed(end);
}

/** Everybody hears what they are in it, and who is in none has no such trait. */
function checkMembers({ plan, receiver }: End): void {
  const { people } = receiver.memory.state();
  for (const [userId, { traits }] of Object.entries(people)) {
    if (plan.deleted.has(userId)) continue;
    const role = plan.members.get(userId) ?? null;
    const told = traits['organizationRole'] ?? null;
    if (told !== role) {
      throw new Violation(
        `${userId} is ${String(role)} in the company and was told ${String(told)}`,
      );
    }
  }
  for (const userId of plan.members.keys()) {
    if (plan.deleted.has(userId) || people[userId]?.traits['organizationId'] === COMPANY) continue;
    throw new Violation(`${userId} was not told of the company`);
  }
}

/** What was to be told was told. */
function checkLeftOvers({ outboxes }: End): void {
  for (const table of ['notices', 'fan_outs']) {
    const rows = outboxes
      .filter(isOpen)
      .flatMap((db) => db.prepare(`SELECT 1 FROM ${table}`).all());
    if (rows.length > 0) throw new Violation(`${rows.length} ${table} are left`);
  }
}

/** Of a deleted member the hash is left. */
function checkForgotten({ plan, outboxes }: End): void {
  const members = outboxes
    .filter(isOpen)
    .flatMap((db) => db.prepare('SELECT user FROM members').all());
  const named = members.map(({ user }) => String(user)).filter((user) => plan.deleted.has(user));
  if (named.length > 0) throw new Violation(`the company names ${named.join()}, who is deleted`);
}

/** Every refresh has ended, and whoever has the plan knows its name of today. */
function checkRefreshed({ plan, receiver, sync }: End): void {
  const jobs = sync.prepare('SELECT job FROM jobs').all();
  const states = jobs.map(({ job }) => (JSON.parse(String(job)) as { state: string }).state);
  if (states.length === 0 || states.some((state) => state !== 'done')) {
    throw new Violation(`the refresh is ${states.join()}`);
  }
  const { people } = receiver.memory.state();
  for (const customer of plan.customers) {
    const holder = holderOf(customer);
    const shown = people[holder]?.traits['plan'] ?? null;
    if (plan.deleted.has(holder) || shown === null || shown === RENAMED) continue;
    throw new Violation(`${holder} was told ${String(shown)} last`);
  }
}

/** A shard that nobody ever called has no table. */
function isOpen(db: Database): boolean {
  return db.prepare(`SELECT 1 FROM sqlite_master LIMIT 1`).get() !== undefined;
}
