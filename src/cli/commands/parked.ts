// lifecycle parked: what was put aside, and what to do with it. Ids are the shard and the number there: s0-12.

import type { Command } from 'commander';

import type { Rejected } from '../../apis/ask-json.ts';
import { ADMIN } from '../../console/contract.ts';
import { codeText } from '../../watch/codes.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { command, does } from '../terminal/command.ts';
import { table } from '../terminal/output.ts';
import { isSure } from '../terminal/prompt.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';

type Options = { readonly worker?: string; readonly all?: boolean; readonly yes?: boolean };

const PAGES_MAX = 100;

export function parkedCommand(): Command {
  return command('parked', 'list, show, replay or discard what was put aside', [
    'parked list',
    'parked show s0-12',
    'parked replay s0-12',
    'parked discard s0-12',
  ])
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand());
}

function listCommand(): Command {
  const made = command('list', 'what was put aside, and why', ['parked list']).option(...WORKER);
  return does<Options>(made, async (session, { options }) => {
    const pages = await allPages((query) =>
      relayValue(session, options.worker, { route: ADMIN.parkedList, query }),
    );
    const parked = pages.flatMap((page) => page.parked);
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
        : [table(['id', 'since', 'what', 'reason', 'detail'], rows), ...sentences(parked)],
    );
    return EXIT.ok;
  });
}

function sentences(parked: readonly { readonly reason: string }[]): string[] {
  const reasons = [...new Set(parked.map(({ reason }) => reason))];
  return reasons.map(sentenceOf);
}

function sentenceOf(reason: string): string {
  return `${reason}: ${codeText(reason) ?? 'of a newer Worker.'}`;
}

function showCommand(): Command {
  const made = command('show <id>', 'one of them, with its content', ['parked show s0-12']).option(
    ...WORKER,
  );
  return does<Options>(made, async (session, { args: [id = ''], options }) => {
    const request = { route: ADMIN.parkedOne, parts: { id } };
    const thing = await relayValue(session, options.worker, request, unknownOf(id));
    const { at, about, reason, detail, content } = thing;
    session.out.result(thing, [
      `${id}: ${about}, since ${new Date(at).toISOString()}`,
      sentenceOf(reason),
      ...(detail === '' ? [] : [`detail: ${detail}`]),
      ...JSON.stringify(content, null, 2).split('\n'),
    ]);
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
  const request = { route: ADMIN.replayOne, parts: { id } };
  const { outcome } = await relayValue(session, options.worker, request, unknownOf(id));
  session.out.result({ id, outcome }, `${id}: ${SAID[outcome] ?? outcome}`);
  return outcome === 'replayed' ? EXIT.ok : EXIT.problem;
}

const SAID: Readonly<Record<string, string>> = {
  replayed: 'back in the flow, behind everything of its person.',
  erased: 'dropped: its person was deleted meanwhile.',
  unreadable: 'still unlike our schema, so it stays.',
};

async function replayAll(session: Session, options: Options): Promise<ExitCode> {
  const pages = await allPages((query) =>
    relayValue(session, options.worker, { route: ADMIN.replayAll, query }),
  );
  const outcomes: Record<string, number> = {};
  for (const [outcome, count] of pages.flatMap((page) => Object.entries(page.outcomes))) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  }
  const lines = Object.entries(outcomes).map(([outcome, count]) =>
    [`${count} ${outcome}`, codeText(outcome) ?? ''].filter((part) => part !== '').join(': '),
  );
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
    // Asked about nothing, nobody should have to answer.
    const it = { route: ADMIN.parkedOne, parts: { id } };
    await relayValue(session, options.worker, it, unknownOf(id));
    const isAgreed =
      options.yes === true || (await isSure(session.out, `Throw ${id} away for ever?`));
    if (!isAgreed) throw new CliError('Nothing was discarded.');
    const request = { route: ADMIN.discardParked, parts: { id } };
    await relayValue(session, options.worker, request, unknownOf(id));
    session.out.result({ id, outcome: 'discarded' }, `${id} is gone.`);
    return EXIT.ok;
  });
}

function unknownOf(id: string) {
  return ({ status }: Rejected) =>
    status === 404
      ? new CliError(`Nothing is parked under ${id}.`, {
          todo: 'lifecycle parked list shows the ids.',
        })
      : null;
}

/** Page after page, until the Worker names no next one. */
async function allPages<Page extends { readonly next: string | null }>(
  ask: (query: { readonly after?: string }) => Promise<Page>,
): Promise<Page[]> {
  const pages: Page[] = [];
  let query = {};
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await ask(query);
    pages.push(answer);
    if (answer.next === null) break;
    query = { after: answer.next };
  }
  return pages;
}
