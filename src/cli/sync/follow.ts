// Follows a job until it ends: a bar on a terminal, a line every 10 s elsewhere, a line of JSON for each look with --json.
// Ctrl-C ends the looking and not the job.

import { setTimeout as sleep } from 'node:timers/promises';

import { ADMIN } from '../../console/contract.ts';
import { codeText } from '../../watch/codes.ts';
import { EXIT } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { relayValue } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';
import { peopleReportLines } from './people-report.ts';
import { barText, progressLines } from './progress.ts';
import type { SyncView } from './progress.ts';
import { walkReportLines } from './walk-report.ts';

const LOOK_EVERY_MS = 1000;
const LINE_EVERY_MS = 10_000;

/** Where a terminal does not say how wide it is. */
const COLUMNS = 80;

export async function follow(
  session: Session,
  worker: string | undefined,
  id: string,
): Promise<ExitCode> {
  const left = new AbortController();
  const leave = () => left.abort();
  process.once('SIGINT', leave);
  try {
    return await look(session, { worker, id, left: left.signal });
  } finally {
    process.off('SIGINT', leave);
  }
}

type Following = {
  readonly worker: string | undefined;
  readonly id: string;
  readonly left: AbortSignal;
};

async function look(session: Session, { worker, id, left }: Following): Promise<ExitCode> {
  const show = progressOf(session);
  for (;;) {
    const view = await relayValue(session, worker, { route: ADMIN.sync });
    // Another job has begun since: ours is over.
    if (view.id !== id || ['done', 'failed', 'idle'].includes(view.state)) {
      return ended(session, view, id);
    }
    show(view);
    await sleep(LOOK_EVERY_MS, undefined, { signal: left }).catch(() => undefined);
    if (left.aborted) {
      session.out.note(
        '\nDetached: the job goes on in the Worker. lifecycle sync status shows it.',
      );
      return EXIT.ok;
    }
  }
}

/** Says how far a job is, look by look: a bar, a line now and then, or JSON. */
export function progressOf(session: Session): (view: SyncView) => void {
  let saidAt = Date.now();
  return (view) => {
    if (process.stderr.isTTY && !session.out.isJson) {
      const columns = process.stderr.columns || COLUMNS;
      overwrite(session.out.said(barText(view, secondsOf(view), columns)));
    } else if (Date.now() - saidAt >= LINE_EVERY_MS) {
      saidAt = Date.now();
      for (const line of progressLines(view, secondsOf(view))) session.out.note(line);
    }
    session.out.line(view, null);
  };
}

export function ended(session: Session, view: SyncView, id: string): ExitCode {
  if (process.stderr.isTTY && !session.out.isJson) overwrite('');
  if (view.id !== id) {
    last(session, view, `${id} is over, and ${view.id ?? 'another'} has begun since.`);
    return EXIT.ok;
  }
  last(session, view, viewLines(view));
  return view.state === 'done' && view.problem === null ? EXIT.ok : EXIT.problem;
}

/** The last look is a line of JSON as those before it were. */
function last({ out }: Session, view: SyncView, text: string | readonly string[]): void {
  if (out.isJson) out.line(view, null);
  else out.result(view, text);
}

/** A job as it is, for people. */
export function viewLines(view: SyncView): string[] {
  const { id, state, problem } = view;
  if (id === null) return ['No job has run yet: lifecycle sync backfill begins one.'];
  const why = problem === null ? [] : [`${problem}: ${codeText(problem) ?? 'of a newer Worker.'}`];
  const rows = view.rows === 0 ? [] : [`${view.rows} rows written by jobs that day`];
  const progress = progressLines(view, secondsOf(view));
  return [
    `${id}: ${state}`,
    ...progress,
    ...omittedLines(view),
    ...why,
    ...rows,
    ...reportLines(view),
  ];
}

const KEYS = { clerk: 'CLERK_SECRET_KEY', stripe: 'STRIPE_SECRET_KEY' } as const;

/** Whom a backfill does not ask, because the Worker has no key for it. */
function omittedLines({ kind, only, lists }: SyncView): string[] {
  if (kind !== 'backfill' || only !== null) return [];
  const isAsked = (provider: string) =>
    Object.keys(lists).some((name) => name.startsWith(`${provider}_`));
  return Object.entries(KEYS).flatMap(([provider, key]) =>
    isAsked(provider) ? [] : [`Left out: ${provider}. ${key} is no secret of the Worker.`],
  );
}

function reportLines({ kind, report }: SyncView): string[] {
  if (typeof report !== 'object' || report === null) return [];
  const lines = peopleReportLines(kind, report) ?? walkReportLines(report);
  if (lines !== null) return lines;
  return Object.entries(report).map(
    ([name, value]) =>
      `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
}

function secondsOf({ startedAt, finishedAt }: SyncView): number {
  const end = finishedAt === null ? Date.now() : Date.parse(finishedAt);
  return startedAt === null ? 0 : Math.max(0, (end - Date.parse(startedAt)) / 1000);
}

function overwrite(text: string): void {
  process.stderr.write(`\r\u001b[K${text}`);
}
