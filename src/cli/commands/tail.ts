// lifecycle tail: follows a Worker, one line per webhook, as npm start shows them. It asks every two seconds, so it needs
// nothing but the operator's token, and what it misses while the network is gone it is told afterwards.

import { setTimeout as sleep } from 'node:timers/promises';

import type { Command } from 'commander';

import type { Failure } from '../../apis/ask-json.ts';
import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { feedText } from '../feed/feed-text.ts';
import type { FeedLine } from '../feed/feed.ts';
import { openFollow, PATIENCE_MS } from '../feed/follow.ts';
import { terminalWidth } from '../feed/wrap.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { persistently } from '../terminal/http.ts';
import { ready } from '../terminal/output.ts';
import type { Output } from '../terminal/output.ts';
import { printable } from '../terminal/printable.ts';
import { relayAt, WORKER } from '../terminal/relay-api.ts';

const ASKED_EVERY_MS = 2_000;

/** What a Worker has come to say before it is followed. */
const LINES_DEFAULT = '10';
const LINES_MAX = 200;

type Options = { readonly worker?: string; readonly lines: string; readonly once?: boolean };

type Relay = ReturnType<typeof relayAt>;

type Hear = ReturnType<typeof openFollow>['hear'];

type Page = AnswerOf<typeof ADMIN.recent, 200>;

export function tailCommand(): Command {
  const made = command('tail', 'follow the Worker: one line per webhook', [
    'tail',
    'tail --worker https://lifecycle-relay.you.workers.dev',
    'tail --once --json',
  ])
    .option(...WORKER)
    .option('--lines <count>', 'how many it begins with, at most 200', LINES_DEFAULT)
    .option('--once', 'ends with these');
  return does<Options>(made, async (session, { options }) => {
    const limit = String(linesIn(options.lines));
    const relay = relayAt(session, options.worker);
    const { out } = session;
    const isOnce = options.once === true;
    // With nothing to wait for, what has not landed is told as it is.
    const { hear } = openFollow((line) => show(out, line), isOnce ? 0 : PATIENCE_MS);
    const first = await persistently(
      async () => relay.ask({ route: ADMIN.recent, query: { limit } }),
      out.note,
    );
    if (first.kind !== 'ok') throw errorOf(relay, first);
    hear(first.value.webhooks, Date.now());
    if (isOnce) return EXIT.ok;
    out.note(FOLLOWS);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => process.exit(EXIT.ok));
    }
    return follow(relay, out, { first: first.value, hear });
  });
}

const FOLLOWS =
  'Following; Ctrl-C ends it. What is refused (a wrong signing secret) is not kept: npx wrangler tail shows it.';

function linesIn(text: string): number {
  const lines = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (lines >= 1 && lines <= LINES_MAX) return lines;
  throw usageError(`--lines needs a number from 1 to ${LINES_MAX}.`);
}

/** Until Ctrl-C. What is over by itself (no network, a deploy) is waited for; what is not ends it with a sentence. */
async function follow(
  relay: Relay,
  out: Output,
  { first, hear }: { readonly first: Page; readonly hear: Hear },
): Promise<never> {
  let after = first.next;
  let isLost = false;
  for (;;) {
    await sleep(ASKED_EVERY_MS);
    const answer = await relay.ask({ route: ADMIN.recent, query: { after } });
    if (answer.kind !== 'ok' && answer.kind !== 'retry') throw errorOf(relay, answer);
    const isAnswered = answer.kind === 'ok';
    if (isAnswered) after = answer.value.next;
    if (isAnswered && isLost) out.note('The Worker answers again.');
    if (!isAnswered && !isLost) {
      out.note(`${errorOf(relay, answer).message} It is asked until it answers again.`);
    }
    isLost = !isAnswered;
    hear(isAnswered ? answer.value.webhooks : [], Date.now());
  }
}

function show(out: Output, line: FeedLine): void {
  const look = { width: terminalWidth(), stream: process.stdout };
  out.line(line, ready(feedText(cleaned(line), look).join('\n')));
}

/** Before it is coloured: what answers need not be the relay. */
function cleaned(line: FeedLine): FeedLine {
  const texts = Object.entries(line).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? printable(value) : value,
  ]);
  const clean = { ...line, ...(Object.fromEntries(texts) as Partial<FeedLine>) } as FeedLine;
  return clean.kind === 'webhook' ? { ...clean, told: clean.told.map(printable) } : clean;
}

/** A Worker of before this command knows no such route. */
function errorOf(relay: Relay, answer: Failure): CliError {
  if (answer.kind !== 'rejected' || answer.status !== 404) return relay.errorOf(answer);
  return new CliError(`${relay.url} cannot be followed: it answers 404.`, {
    todo: 'It is older than this checkout (npm run deploy), has no ADMIN_TOKEN (npx wrangler secret put ADMIN_TOKEN), or is not the relay (--worker URL).',
  });
}
