// lifecycle parked: what was put aside, and what to do with it. Ids are the shard and the number there: s0-12.

import type { Command } from 'commander';
import * as z from 'zod';

import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { command, does } from '../terminal/command.ts';
import { table } from '../terminal/output.ts';
import { isSure } from '../terminal/prompt.ts';
import { relay, relayParty, relayValue } from '../terminal/relay-api.ts';
import type { RelayRequest } from '../terminal/relay-api.ts';
import { failureOf } from '../terminal/say.ts';
import { relayUrl } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';

type Options = { readonly worker?: string; readonly all?: boolean; readonly yes?: boolean };

const WORKER = [
  '--worker <url>',
  'the Worker (default: RELAY_URL, else http://localhost:8787)',
] as const;

const PAGES_MAX = 100;

const Page = z.object({
  parked: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      reason: z.string(),
      detail: z.string().default(''),
      about: z.string().default(''),
    }),
  ),
  next: z.string().nullable().default(null),
});

const Outcome = z.object({ outcome: z.string() });
const Outcomes = z.object({
  outcomes: z.record(z.string(), z.number()),
  next: z.string().nullable().default(null),
});

export function parkedCommand(): Command {
  return command('parked', 'list, replay or discard what was put aside', [
    'parked list',
    'parked replay s0-12',
    'parked discard s0-12',
  ])
    .addCommand(listCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand());
}

function listCommand(): Command {
  const made = command('list', 'what was put aside, and why', ['parked list']).option(...WORKER);
  return does<Options>(made, async (session, { options }) => {
    const lines = await allPages(session, options, {
      method: 'GET',
      path: '/admin/parked',
      schema: Page,
    });
    const parked = lines.flatMap((page) => page.parked);
    const rows = parked.map(({ id, at, about, reason, detail }) => [
      id,
      new Date(at).toISOString(),
      about,
      reason,
      detail,
    ]);
    session.out.result(
      { parked },
      rows.length === 0
        ? 'Nothing is parked.'
        : table(['id', 'since', 'what', 'reason', 'detail'], rows),
    );
    return EXIT.ok;
  });
}

function replayCommand(): Command {
  const made = command('replay [id]', 'put one, or all, back into the flow', [
    'parked replay s0-12',
    'parked replay --all',
  ])
    .option('--all', 'everything that is parked now')
    .option(...WORKER);
  return does<Options>(made, async (session, { args: [id], options }) => {
    if ((id === undefined) === (options.all !== true)) {
      throw usageError('Which one? An id of lifecycle parked list, or --all.');
    }
    return id === undefined ? replayAll(session, options) : replayOne(session, options, id);
  });
}

async function replayOne(session: Session, options: Options, id: string): Promise<ExitCode> {
  const path = `/admin/parked/${encodeURIComponent(id)}/replay`;
  const { outcome } = await one(session, options, { id, method: 'POST', path });
  session.out.result({ id, outcome }, `${id}: ${SAID[outcome] ?? outcome}`);
  return outcome === 'replayed' ? EXIT.ok : EXIT.problem;
}

const SAID: Readonly<Record<string, string>> = {
  replayed: 'back in the flow, behind everything of its person.',
  erased: 'dropped: its person was deleted meanwhile.',
  unreadable: 'still unlike our schema, so it stays.',
};

async function replayAll(session: Session, options: Options): Promise<ExitCode> {
  const request = { method: 'POST', path: '/admin/parked/replay', schema: Outcomes } as const;
  const pages = await allPages(session, options, request);
  const outcomes: Record<string, number> = {};
  for (const [outcome, count] of pages.flatMap((page) => Object.entries(page.outcomes))) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  const lines = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
  session.out.result({ outcomes }, lines.length === 0 ? 'Nothing is parked.' : lines);
  return Object.keys(outcomes).every((outcome) => outcome !== 'unreadable')
    ? EXIT.ok
    : EXIT.problem;
}

function discardCommand(): Command {
  const made = command('discard <id>', 'throw one away for ever; asks before', [
    'parked discard s0-12 --yes',
  ])
    .option('--yes', 'do not ask')
    .option(...WORKER);
  return does<Options>(made, async (session, { args: [id = ''], options }) => {
    const isAgreed =
      options.yes === true || (await isSure(session.out, `Throw ${id} away for ever?`));
    if (!isAgreed) throw new CliError('Nothing was discarded.');
    await one(session, options, {
      id,
      method: 'DELETE',
      path: `/admin/parked/${encodeURIComponent(id)}`,
    });
    session.out.result({ id, outcome: 'discarded' }, `${id} is gone.`);
    return EXIT.ok;
  });
}

async function one(
  session: Session,
  options: Options,
  about: { readonly id: string; readonly method: 'POST' | 'DELETE'; readonly path: string },
): Promise<z.infer<typeof Outcome>> {
  const { id, method, path } = about;
  const answer = await relay(session, options.worker, { method, path, schema: Outcome });
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'rejected' && answer.status === 404) {
    throw new CliError(`Nothing is parked under ${id}.`, {
      todo: 'lifecycle parked list shows the ids.',
    });
  }
  throw failureOf(answer, relayParty(relayUrl(session, options.worker)));
}

/** Page after page, until the Worker names no next one. */
async function allPages<Page extends { readonly next: string | null }>(
  session: Session,
  options: Options,
  request: RelayRequest<Page>,
): Promise<Page[]> {
  const pages: Page[] = [];
  let after = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const path = `${request.path}${after === '' ? '' : `?after=${encodeURIComponent(after)}`}`;
    const answer = await relayValue(session, options.worker, { ...request, path });
    pages.push(answer);
    if (answer.next === null) break;
    after = answer.next;
  }
  return pages;
}
