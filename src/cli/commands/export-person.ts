// lifecycle person USER --export: all that is held about one person, for whoever has the right to ask. One JSON document with
// the rows of each table as they are stored.

import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { CliError, EXIT } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { document } from '../terminal/output.ts';
import { relayValue } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';

type Held = AnswerOf<typeof ADMIN.exportPerson, 200>['held'][number];

/** Exit code 1 where nothing is held. `worker` as `--worker` gives it. */
export async function exportPerson(
  session: Session,
  userId: string,
  worker: string | undefined,
): Promise<ExitCode> {
  const rows = await allRows(session, userId, worker);
  const exported = { userId, at: new Date().toISOString(), held: byTable(rows) };
  session.out.result(exported, document(exported));
  if (rows.length === 0) session.out.note(`The relay holds nothing about ${userId}.`);
  return rows.length === 0 ? EXIT.problem : EXIT.ok;
}

async function allRows(
  session: Session,
  userId: string,
  worker: string | undefined,
): Promise<Held[]> {
  const rows: Held[] = [];
  const seen = new Set<string>();
  let query = {};
  for (;;) {
    const request = { route: ADMIN.exportPerson, parts: { userId }, query };
    const { held, next } = await relayValue(session, worker, request);
    rows.push(...held);
    if (next === null) return rows;
    if (seen.has(next)) throw new CliError('The Worker answers the same page again and again.');
    seen.add(next);
    query = { after: next };
  }
}

function byTable(rows: readonly Held[]): Record<string, unknown[]> {
  const tables: Record<string, unknown[]> = {};
  for (const { table, row } of rows) (tables[table] ??= []).push(row);
  return tables;
}
