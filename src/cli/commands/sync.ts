// lifecycle sync: what webhooks did not bring. The work is done in the Worker; this is its remote control.

import type { Command } from 'commander';

import type { JsonAnswer, Rejected } from '../../apis/ask-json.ts';
import { ADMIN } from '../../console/contract.ts';
import * as v from '../../platform/schema.ts';
import { codeText } from '../../watch/codes.ts';
import { follow, viewLines } from '../sync/follow.ts';
import { pushAll, sourceOf } from '../sync/push.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { relayAt, relayValue, WORKER } from '../terminal/relay-api.ts';

type Options = {
  readonly worker?: string;
  readonly activeSince?: string;
  readonly only?: string;
  readonly dryRun?: boolean;
  readonly since?: string;
  readonly repair?: boolean;
  readonly sample?: string;
  readonly detach?: boolean;
};

const ACTIVE_SINCE = [
  '--active-since <when>',
  'only people who were active since (90d, 2026-01-31): everybody costs a profile at Customer.io',
] as const;
const ONLY = ['--only <provider>', 'clerk or stripe alone'] as const;
const DRY_RUN = ['--dry-run', 'count and say what it costs; change nothing'] as const;
const SINCE = [
  '--since <when>',
  'from when on (2h, 3d, 2026-11-28T10:00Z); else since its first webhook',
] as const;
const SAMPLE = ['--sample <count>', 'so many of our people, another part each time'] as const;
const REPAIR = ['--repair', 'identify again who is missing there or has lost something'] as const;
const DETACH = ['--detach', 'do not wait for the end'] as const;

export function syncCommand(): Command {
  return command('sync', 'who was before, what was lost, what is true now', [
    'sync backfill --dry-run',
    'sync reconcile --since 2h',
    'sync refresh --dry-run',
    'sync drift --sample 1000',
    'sync push',
    'sync status',
    'sync stop',
  ])
    .addCommand(backfillCommand())
    .addCommand(reconcileCommand())
    .addCommand(refreshCommand())
    .addCommand(driftCommand())
    .addCommand(pushCommand())
    .addCommand(statusCommand())
    .addCommand(stopCommand());
}

function backfillCommand(): Command {
  const made = command(
    'backfill',
    'everybody who was there before, as they are now; tells nothing',
    ['sync backfill --dry-run', 'sync backfill --active-since 90d'],
  ).option(...ACTIVE_SINCE);
  return begins(made.option(...ONLY).option(...DRY_RUN));
}

function reconcileCommand(): Command {
  const made = command('reconcile', 'what the providers kept and no webhook brought', [
    'sync reconcile --since 2h',
  ]).option(...SINCE);
  return begins(made.option(...ONLY));
}

function refreshCommand(): Command {
  const made = command(
    'refresh',
    'after a changed mapping: an identify for everybody whose traits are other ones now',
    ['sync refresh --dry-run', 'sync refresh'],
  );
  return begins(made.option(...DRY_RUN));
}

function driftCommand(): Command {
  const made = command(
    'drift',
    'what Customer.io shows beside what people were told; needs CUSTOMERIO_APP_TOKEN',
    ['sync drift --sample 1000', 'sync drift --repair'],
  ).option(...SAMPLE);
  return begins(made.option(...REPAIR));
}

/** Goes on with the one that is begun, whatever is asked for now: `stop` ends it. */
function pushCommand(): Command {
  const made = command(
    'push',
    'a backfill from here, where the keys are kept from the Worker; goes on where it was stopped',
    ['sync push --dry-run', 'sync push --active-since 90d'],
  )
    .option(...ACTIVE_SINCE)
    .option(...ONLY)
    .option(...DRY_RUN)
    .option(...WORKER);
  return does<Options>(made, async (session, { options }) => {
    const json = requestOf('push', options);
    const source = await sourceOf(session, options.only);
    const relay = relayAt(session, options.worker);
    const begun = await relay.ask({ route: ADMIN.syncBegin, json });
    if (begun.kind === 'ok') {
      return pushAll(session, { worker: options.worker, id: begun.value.id, source });
    }
    const id = idAtWork(begun);
    if (id !== null) return pushAll(session, { worker: options.worker, id, source });
    const refused = begun.kind === 'rejected' ? refusedBecause(begun) : null;
    throw refused ?? relay.errorOf(begun);
  });
}

/** Of a push that was begun before; null where something else is wrong. */
function idAtWork(answer: Exclude<JsonAnswer<unknown>, { kind: 'ok' }>): string | null {
  if (answer.kind !== 'rejected' || answer.status !== 409) return null;
  const busy = v.safeParse(ADMIN.syncBegin.answers[409], answer.body);
  return busy.success && busy.output.id.startsWith('push-') ? busy.output.id : null;
}

/** Begins the job that the command is named for, and follows it. */
function begins(made: Command): Command {
  made.option(...DETACH).option(...WORKER);
  return does<Options>(made, async (session, { options }) => {
    const json = requestOf(made.name(), options);
    const request = { route: ADMIN.syncBegin, json };
    const { id, kind } = await relayValue(session, options.worker, request, refusedBecause);
    if (options.detach !== true) return follow(session, options.worker, id);
    session.out.result({ id, kind }, `${id} has begun: lifecycle sync status shows it.`);
    return EXIT.ok;
  });
}

function requestOf(kind: string, options: Options): Readonly<Record<string, unknown>> {
  const { only, since, activeSince, sample, dryRun, repair } = options;
  if (only !== undefined && only !== 'clerk' && only !== 'stripe') {
    throw usageError('--only is clerk or stripe.');
  }
  return {
    kind,
    only,
    dryRun,
    repair,
    since: since === undefined ? undefined : timeOf('--since', since),
    activeSince: activeSince === undefined ? undefined : timeOf('--active-since', activeSince),
    sample: sample === undefined ? undefined : countOf('--sample', sample),
  };
}

function countOf(option: string, text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw usageError(`${option} is a whole number from 1 on.`);
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration before now, or a date. Unix milliseconds. */
function timeOf(option: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit === 'm' || unit === 'h' || unit === 'd') {
    return Date.now() - Number(count) * UNIT_MS[unit];
  }
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || at > Date.now()) {
    throw usageError(`${option} is a time that is over: 2h, 3d or 2026-11-28.`);
  }
  return at;
}

function refusedBecause({ status, body }: Rejected): CliError | null {
  const busy = v.safeParse(ADMIN.syncBegin.answers[409], body);
  if (status === 409 && busy.success) {
    return new CliError(`A job is at work: ${busy.output.id}.`, {
      todo: 'lifecycle sync status shows it, lifecycle sync stop ends it.',
    });
  }
  const refused = v.safeParse(ADMIN.syncBegin.answers[400], body);
  if (status !== 400 || !refused.success) return null;
  const { reason, field } = refused.output;
  return new CliError(
    `The Worker cannot do this: ${field === 'kind' ? reason : `${reason}, ${field}`}.`,
    {
      todo: codeText(reason) ?? 'The Worker may be of another version: npm run deploy.',
    },
  );
}

function statusCommand(): Command {
  const made = command('status', 'the job at work, or the last one', ['sync status']).option(
    ...WORKER,
  );
  return does<Options>(made, async (session, { options }) => {
    const view = await relayValue(session, options.worker, { route: ADMIN.sync });
    session.out.result(view, viewLines(view));
    return view.problem === null ? EXIT.ok : EXIT.problem;
  });
}

function stopCommand(): Command {
  const made = command('stop', 'end the job after the page in hand', ['sync stop']).option(
    ...WORKER,
  );
  return does<Options>(made, async (session, { options }) => {
    const { id } = await relayValue(session, options.worker, { route: ADMIN.syncStop });
    session.out.result({ id }, id === null ? 'No job is at work.' : `${id} is stopped.`);
    return EXIT.ok;
  });
}
