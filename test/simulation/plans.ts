// SQLite's own plan of every statement that a shard's code makes: what looks through a whole table says SCAN.

import type { DatabaseSync } from 'node:sqlite';

import type { Platform } from '../../src/platform/platform.ts';

/** The platform, noting into `plans`. */
export function notingPlans(
  platform: Platform,
  plans: string[],
  database: () => DatabaseSync,
): Platform {
  const exec: Platform['sql']['exec'] = (query, ...bindings) => {
    if (/^\s*(SELECT|UPDATE|DELETE)/.test(query)) {
      const plan = database().prepare(`EXPLAIN QUERY PLAN ${query}`);
      plans.push(...plan.all(...bindings).map(({ detail }) => String(detail)));
    }
    return platform.sql.exec(query, ...bindings);
  };
  return { ...platform, sql: { exec } };
}
