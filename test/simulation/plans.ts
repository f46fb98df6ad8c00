// SQLite's own plan of every statement that a simulated shard's code makes, whatever it does: a step that looks through a whole
// table says SCAN. Each statement is explained once, the first time that any shard makes it.

import type { DatabaseSync } from 'node:sqlite';

import type { Platform } from '../../src/platform/platform.ts';
import { scanIsAllowed } from './scans.ts';

/** What only makes tables, or asks SQLite itself. Migrations run once, see `platform/migrations.ts`. */
const NO_PLAN = /^\s*(CREATE|DROP|ALTER|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT)/i;

/** By the statement, its tables without their numbers. */
const explained = new Map<string, readonly string[]>();

/** The same by the text as it was made, which a run asks for thousands of times. */
const byText = new Map<string, readonly string[]>();

/** Every plan so far. */
export function everyPlan(): ReadonlyMap<string, readonly string[]> {
  return explained;
}

/** What looks through a table and is not among those that may: the statement with its step. */
export function unexpectedScans(): string[] {
  return [...explained].flatMap(([statement, steps]) =>
    steps
      .filter((step) => step.startsWith('SCAN') && !scanIsAllowed(statement, { step, steps }))
      .map((step) => `${step}: ${statement}`),
  );
}

/** Explains it where that is news. */
export function explain(db: DatabaseSync, query: string): readonly string[] {
  const steps = byText.get(query) ?? explainAnew(db, query);
  byText.set(query, steps);
  return steps;
}

function explainAnew(db: DatabaseSync, query: string): readonly string[] {
  if (NO_PLAN.test(query)) return [];
  const statement = query
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/_\d+\b/g, '_N')
    .trim();
  const known = explained.get(statement);
  if (known !== undefined) return known;
  const steps = planOf(db, query);
  explained.set(statement, steps);
  return steps;
}

function planOf(db: DatabaseSync, query: string): string[] {
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${query}`).all();
  return plan.map(({ detail }) => String(detail).replaceAll(/_\d+\b/g, '_N'));
}

/** The platform, noting into `plans`, each time. */
export function notingPlans(
  platform: Platform,
  plans: string[],
  database: () => DatabaseSync,
): Platform {
  const exec: Platform['sql']['exec'] = (query, ...bindings) => {
    plans.push(...explain(database(), query));
    return platform.sql.exec(query, ...bindings);
  };
  return { ...platform, sql: { exec } };
}
