// Every statement that stands in the sources, whether any test makes it or not, with the tables and parts that it is put together of.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { firstAt, isKnown, namedBy } from '../../src/links/tables/known.ts';

const ROOT = path.join(import.meta.dirname, '../../src');

/** What stands for each part that is put in: by the end of its file's name, else for all. */
const PARTS: readonly (readonly [file: string, part: string, sql: string])[] = [
  ['outbox/journal/', 'table', 'journal_1'],
  ['outbox/journal/', 'COLUMNS', 'seq, at, person, removal, messages, webhook'],
  ['outbox/journal/', 'tableOf(number)', 'journal_1'],
  ['outbox/journal/', 'slots.tableFor(at)', 'journal_1'],
  ['outbox/people/seen.ts', 'month', '1'],
  ['outbox/erasure/removals.ts', 'table', 'removals'],
  ['outbox/erasure/table.ts', 'IS_TOLD', 'COALESCE(parked, 0)'],
  ['outbox/mail/table.ts', 'table', 'emails'],
  ['outbox/mail/marks.ts', 'table', 'email_marks'],
  [
    'outbox/mail/marks.ts',
    'NEWEST',
    'SELECT MAX(at) AS at FROM email_marks WHERE person = ? AND event IN (?, ?)',
  ],
  ['links/tables/queues.ts', 'table', 'queues'],
  ['links/tables/', "isKnown('queues.key')", isKnown('queues.key')],
  ['links/tables/', "isKnown('given.key')", isKnown('given.key')],
  ['links/tables/', "firstAt('queues.key')", firstAt('queues.key')],
  ['links/tables/', "firstAt('given.key')", firstAt('given.key')],
  ['links/tables/queues.ts', "namedBy('queues.key')", namedBy('queues.key')],
  ['links/tables/known.ts', 'namedBy(key)', namedBy('?')],
  ['links/tables/known.ts', 'key', '?'],
  [
    'links/tables/waiting.ts',
    'IS_KNOWN',
    `(user_id IS NOT NULL OR EXISTS (SELECT 1 FROM holders
      WHERE subscription = json_extract(event, '$.of.subscriptionId') AND holders.user_id IS NOT NULL))`,
  ],
  ['links/tables/waiting.ts', 'NAMED', `json_extract(event, '$.named')`],
  ['links/tables/queues.ts', 'ORGANIZATION', 'organization'],
  ['platform/counts.ts', 'table', 'links'],
  ['platform/counts.ts', 'only(table)', '1'],
  ['platform/migrations.ts', 'name', 'journal'],
  ['platform/records.ts', 'table', 'state'],
  ['platform/walk.ts', 'table', 'charges'],
  ['platform/walk.ts', 'key', 'charge'],
  ['platform/walk.ts', 'theirs', 'DELETE FROM charges WHERE charge > ?'],
  ['platform/walk.ts', 'past', 'at < ?'],
  ['sync/missing.ts', 'table', 'missing'],
  ['sync/missing.ts', 'where', 'user_id > ? AND at <= ? ORDER BY user_id LIMIT ?'],
  ['sync/table.ts', 'IS_OPEN', `json_extract(job, '$.state') IN ('running', 'paused')`],
];

/** Throws where one is put together of a part that is not above. */
export function statementsInSource(): string[] {
  const names = readdirSync(ROOT, { recursive: true, encoding: 'utf8' });
  const stages = names.filter((name) => /^(outbox|links|sync|platform)\/.*\.ts$/.test(name));
  return stages.flatMap((name) => statementsOf(name, readFileSync(path.join(ROOT, name), 'utf8')));
}

function statementsOf(name: string, text: string): string[] {
  const found = text.matchAll(
    /(['`])((?:SELECT|INSERT|UPDATE|DELETE|WITH|\$\{(?:NEWEST|theirs)\})\s[^`]*?)\1/g,
  );
  const statements = [...found].map(([, , each = '']) => each);
  return statements
    .filter((each) => !/^(INSERT|DELETE|UPDATE OF \w+)$/.test(each))
    .map((statement) =>
      statement.replaceAll(/\$\{(.+?)\}(?!\})/g, (_, part: string) => sqlOf(name, part)),
    );
}

function sqlOf(name: string, part: string): string {
  const known = PARTS.find(([file, of]) => name.startsWith(file) && of === part);
  if (known === undefined) throw new Error(`${name}: what does \${${part}} stand for?`);
  return known[2];
}
