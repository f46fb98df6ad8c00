// Everybody who was there before, from here: where the keys are kept from the Worker, the lists are read on this machine and sent
// to it page by page. Where the walk is, the Worker keeps, so what was interrupted goes on by the same command.

import { setTimeout as sleep } from 'node:timers/promises';

import { stripeLists } from '../../apis/stripe-lists.ts';
import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import type { Source } from '../../sync/list.ts';
import { EVERYBODY } from '../../sync/lists.ts';
import { codeText } from '../../watch/codes.ts';
import { modeOf } from '../doctor/shapes.ts';
import { needSafe } from '../terminal/address.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { pacedNet, persistently } from '../terminal/http.ts';
import { relayAt, relayValue } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';
import { clerkBackend } from './clerk-backend.ts';
import { ended, progressOf } from './follow.ts';

/** As the Worker asks; test keys are for smaller limits. */
const PER_SECOND = 20;
const PER_SECOND_IN_TESTS = 5;

/** Longer than this nobody waits at a terminal: the rows of the day are written, or something stands. */
const WAIT_MS_MAX = 60_000;

const LOOK_EVERY_MS = 1000;

type Place = AnswerOf<typeof ADMIN.syncPage, 200>;

type Push = {
  readonly worker: string | undefined;
  readonly id: string;
  readonly source: Source;
  readonly left: AbortSignal;
};

/** Who the providers are asked by. Ends the command where a key is missing, or would be read on the way. */
export async function sourceOf(session: Session, only: string | undefined): Promise<Source> {
  const { clerk, stripe } = session.config().lookups;
  const atClerk = only === 'stripe' ? null : keyAt(clerk, 'CLERK_SECRET_KEY');
  const atStripe = only === 'clerk' ? null : keyAt(stripe, 'STRIPE_SECRET_KEY');
  return {
    now: Date.now,
    heard: {},
    clerk: atClerk === null ? null : await clerkBackend(atClerk, paced(atClerk.key)),
    stripe: atStripe === null ? null : stripeLists(atStripe, paced(atStripe.key)),
  };
}

function keyAt({ baseUrl, key }: { readonly baseUrl: string; key: string | null }, name: string) {
  if (key === null) {
    throw usageError(
      `${name} is not set.`,
      'Set it here, where it stays, or leave its provider out: --only clerk, --only stripe.',
    );
  }
  needSafe(baseUrl, name);
  return { baseUrl, key };
}

function paced(key: string) {
  return pacedNet(modeOf(key) === 'test' ? PER_SECOND_IN_TESTS : PER_SECOND);
}

export async function pushAll(session: Session, about: Omit<Push, 'left'>): Promise<ExitCode> {
  const left = new AbortController();
  const leave = () => left.abort();
  process.once('SIGINT', leave);
  try {
    return await pages(session, { ...about, left: left.signal });
  } finally {
    process.off('SIGINT', leave);
  }
}

async function pages(session: Session, push: Push): Promise<ExitCode> {
  const { worker, id, left } = push;
  const show = progressOf(session);
  let lookedAt = 0;
  let place = await send(session, push);
  while (place.list !== null) {
    if (left.aborted) {
      session.out.note('\nStopped. The same command goes on from here.');
      return EXIT.problem;
    }
    if (place.waitMs > WAIT_MS_MAX) throw standsBecause(place);
    if (place.waitMs > 0) {
      await sleep(place.waitMs, undefined, { signal: left }).catch(() => undefined);
    }
    place = await send(session, push, await pageAt(session, push, place));
    if (Date.now() - lookedAt >= LOOK_EVERY_MS) {
      lookedAt = Date.now();
      show(await relayValue(session, worker, { route: ADMIN.sync }));
    }
  }
  return ended(session, await relayValue(session, worker, { route: ADMIN.sync }), id);
}

function standsBecause({ problem, waitMs }: Place): CliError {
  const code = problem ?? 'sync_unanswered';
  const minutes = Math.ceil(waitMs / 60_000);
  return new CliError(codeText(code) ?? code, {
    todo: `The same command goes on from here, in ${minutes} minutes at the earliest.`,
  });
}

/** The page that comes next, as the provider shows it. */
async function pageAt(session: Session, { id, source }: Push, place: Place) {
  const { list: name, cursor, startedAt, activeSince } = place;
  const list = EVERYBODY.find((each) => each.name === name);
  if (name === null || list === undefined) {
    throw new CliError('The Worker wants a list that this command does not know.', {
      todo: 'It may be of another version: npm run deploy.',
    });
  }
  const request = { kind: 'push', ...(activeSince === undefined ? {} : { activeSince }) };
  const asked = { id, request, startedAt, report: null, list: name, cursor };
  const shown = await persistently(() => list.show(source, asked), session.out.note);
  if (shown.kind === 'retry') {
    throw new CliError(`${list.provider} does not answer: ${shown.reason}.`, {
      todo: 'The same command goes on from here.',
    });
  }
  if (shown.kind !== 'shown') {
    throw new CliError(codeText(shown.problem) ?? shown.problem, {
      todo: 'Set it right; the same command goes on from here.',
    });
  }
  const { objects, askedAt, cursor: next, total } = shown;
  return { list: name, from: cursor, cursor: next, total, objects: [...objects], askedAt };
}

/** The age is said by this machine's clock at both ends: it may be another one than the Worker's. */
async function send(
  session: Session,
  { worker, id }: Push,
  page?: Awaited<ReturnType<typeof pageAt>>,
): Promise<Place> {
  const relay = relayAt(session, worker);
  const answer = await persistently(async () => {
    if (page === undefined) return relay.ask({ route: ADMIN.syncPage, json: { id } });
    const { askedAt, ...rest } = page;
    const json = { id, page: { ...rest, ageMs: Math.max(0, Date.now() - askedAt) } };
    return relay.ask({ route: ADMIN.syncPage, json });
  }, session.out.note);
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'rejected' && answer.status === 409) {
    throw new CliError(`${id} is over: it was stopped.`, {
      todo: 'lifecycle sync push begins anew.',
    });
  }
  throw relay.errorOf(answer);
}
