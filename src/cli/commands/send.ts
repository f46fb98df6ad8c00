// lifecycle send: a correctly signed sample webhook, or the whole story, to a Worker. Invented people do not belong
// into a real workspace, so where they would get there it asks for a flag that says so.

import { setTimeout as sleep } from 'node:timers/promises';

import type { Command } from 'commander';

import { ADMIN } from '../../console/contract.ts';
import { sample, sampleTypes } from '../../samples/sample.ts';
import type { SampleProvider } from '../../samples/sample.ts';
import { savedSecrets } from '../../samples/saved-secrets.ts';
import { sendSigned } from '../../samples/send-webhook.ts';
import type { SampleWebhook, Secrets } from '../../samples/send-webhook.ts';
import { story } from '../../samples/story.ts';
import { codeText } from '../../watch/codes.ts';
import { isLocal } from '../terminal/address.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';
import { relayUrl } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';

type Options = {
  readonly userId?: string;
  readonly customerId?: string;
  readonly worker?: string;
  readonly story?: boolean;
  readonly yesSendInventedPeople?: boolean;
};

type Sent = {
  readonly type: string;
  readonly outcome: string;
  readonly eventId: string;
  readonly userId: string;
};

/** A step of the story is one after the other; a webhook alone is a step. */
type Step = { readonly userId: string; readonly webhooks: readonly SampleWebhook[] };

const TAKEN = ['accepted', 'duplicate', 'ignored', 'waiting', 'parked'];

export function sendCommand(): Command {
  const made = command('send [provider] [type]', 'send a signed sample webhook to a Worker', [
    'send clerk user.created',
    'send stripe customer.subscription.updated --user-id user_2abc --to http://localhost:8787',
    'send --story',
  ])
    .option('--user-id <id>', 'the Clerk user it is about (default: a new one)')
    .option('--customer-id <id>', 'the Stripe customer (default: one that goes with the user)')
    .option(...WORKER)
    .option('--story', 'the whole life of one customer')
    .option('--yes-send-invented-people', 'even though they reach a real workspace');
  return does<Options>(made, async (session, { args: [provider, type], options }) => {
    const isAboutOne = (options.userId ?? options.customerId ?? provider) !== undefined;
    if (options.story === true && isAboutOne) {
      throw usageError('--story makes up its own person: it takes no id and no webhook.');
    }
    const to = relayUrl(session, options.worker);
    const steps = options.story === true ? storyOf() : [sampleOf({ provider, type, options })];
    needLeave(session, to, options.yesSendInventedPeople === true);
    const sent: Sent[] = [];
    for (const { userId, webhooks } of steps) {
      for (const webhook of webhooks) {
        const { id, outcome } = await deliver(to, webhook, secretsFor(session, to));
        sent.push({ type: String(webhook.body['type']), outcome, eventId: id, userId });
      }
      if (options.story === true) await untilReleased(session, to, `cus_${tagOf(userId)}`);
    }
    const isTaken = sent.every((each) => TAKEN.includes(each.outcome));
    session.out.result({ to, sent }, [...sent.map(lineOf), ...nextOf(sent, to)]);
    return isTaken ? EXIT.ok : EXIT.problem;
  });
}

function lineOf({ type, outcome, eventId, userId }: Sent): string {
  return `${type}: ${outcome} (${eventId}, ${userId})`;
}

/** What became of it, in a sentence, and the command that shows more. */
function nextOf(sent: readonly Sent[], to: string): string[] {
  const last = sent.at(-1);
  const strange = sent.find(({ outcome }) => outcome !== 'accepted') ?? last;
  if (last === undefined || strange === undefined) return [];
  const of = (words: string) => `Look at it: npx --no-install lifecycle ${words} --worker ${to}`;
  switch (strange.outcome) {
    case 'accepted':
      return [of(`person ${last.userId}`)];
    case 'duplicate':
      return [
        'A duplicate tells nothing new: the same was told before.',
        of(`person ${last.userId}`),
      ];
    case 'waiting':
      return ['It waits until somebody says whose this customer is.', of('waiting list')];
    case 'parked':
      return ['It is unlike the schema, so it was put aside.', of('parked list')];
    case 'ignored':
      return ['Ignored: nothing of it is to be told, or its person was deleted.'];
    default:
      return refusalOf(strange.outcome);
  }
}

/** `401 signature_invalid` */
function refusalOf(outcome: string): string[] {
  const text = codeText(outcome.split(' ')[1] ?? '');
  return text === null ? ['This is not the relay, or it is restarting.'] : [text];
}

/** Until nothing of the customer waits any more, so that the next step comes after this one. */
async function untilReleased(session: Session, to: string, customerId: string): Promise<void> {
  const request = { route: ADMIN.waiting };
  for (let tried = 0; tried < RELEASE_TRIES_MAX; tried += 1) {
    // Without the operator's token nobody can ask: the story goes on.
    const answer = await relayValue(session, to, request).catch(() => null);
    if (answer === null) return;
    if (answer.waiting.every(({ waitsFor }) => waitsFor !== customerId)) return;
    await sleep(RELEASE_ASKED_EVERY_MS);
  }
}

/** Ten minutes: the limit ends what hangs. */
const RELEASE_TRIES_MAX = 6_000;
const RELEASE_ASKED_EVERY_MS = 100;

function sampleOf(about: {
  readonly provider: string | undefined;
  readonly type: string | undefined;
  readonly options: Options;
}): Step {
  const { provider, type, options } = about;
  if (provider !== 'clerk' && provider !== 'stripe') {
    throw usageError(
      'Whose webhook? clerk or stripe.',
      `For example: lifecycle send clerk user.created`,
    );
  }
  const tag = newTag();
  const userId = options.userId ?? `user_${tag}`;
  const customerId = options.customerId ?? `cus_${userId.replace(/^user_/, '')}`;
  const now = Math.floor(Date.now() / 1000);
  const webhook = sample(provider, type ?? '', { userId, customerId, now });
  if (webhook !== null) return { userId, webhooks: [webhook] };
  throw usageError(
    type === undefined
      ? `Which event of ${provider}?`
      : `The mapping reads no ${type} of ${provider}.`,
    `It reads ${typesOf(provider)}.`,
  );
}

function typesOf(provider: SampleProvider): string {
  return sampleTypes(provider).join(', ');
}

function storyOf(): Step[] {
  const tag = newTag();
  return story(tag, Math.floor(Date.now() / 1000)).map(({ webhooks }) => ({
    userId: `user_${tag}`,
    webhooks,
  }));
}

function tagOf(userId: string): string {
  return userId.replace(/^user_/, '');
}

function newTag(): string {
  return Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
}

/** A deployed Worker, or a local one that forwards to a real workspace. */
function needLeave(session: Session, to: string, isGiven: boolean): void {
  const { values } = session.settings;
  const isForReal =
    values['CUSTOMERIO_TRACK_TOKEN'] !== undefined &&
    values['CUSTOMERIO_PIPELINES_URL'] === undefined;
  if (isGiven || (isLocal(to) && !isForReal)) return;
  throw usageError(
    isLocal(to)
      ? 'This Worker may forward to your real Customer.io workspace (a key is set), and this sends an invented person.'
      : `${to} is a deployed Worker: this would send an invented person to your workspace.`,
    'If that is what you want: --yes-send-invented-people. To try it without accounts: npm start',
  );
}

/** To this machine those that npm start has made come first; then those of the settings. */
function secretsFor({ settings }: Session, to: string): readonly Secrets[] {
  const saved = savedSecrets();
  const first = (names: readonly string[]) => {
    const value = names
      .map((name) => settings.values[name])
      .find((each) => typeof each === 'string');
    return typeof value === 'string' ? (value.split(',')[0] ?? '').trim() : '';
  };
  const ours = {
    clerk: first(['CLERK_WEBHOOK_SIGNING_SECRET', 'CLERK_WEBHOOK_SECRET']),
    stripe: first(['STRIPE_WEBHOOK_SECRET']),
  };
  return isLocal(to) ? [saved, ours] : [ours];
}

async function deliver(to: string, webhook: SampleWebhook, secrets: readonly Secrets[]) {
  const usable = secrets.filter((each) => each[webhook.provider] !== '');
  if (usable.length === 0) {
    const names = { clerk: 'CLERK_WEBHOOK_SIGNING_SECRET', stripe: 'STRIPE_WEBHOOK_SECRET' };
    throw usageError(
      `${names[webhook.provider]} is not set, so nothing can be signed.`,
      'It has to be the one the Worker has. npm start makes its own.',
    );
  }
  let sent = { id: '', outcome: '' };
  for (const each of usable) {
    sent = await sendOnce(to, webhook, each);
    if (sent.outcome !== '401 signature_invalid') return sent;
  }
  return sent;
}

async function sendOnce(to: string, webhook: SampleWebhook, secrets: Secrets) {
  try {
    return await sendSigned(to, webhook, secrets);
  } catch {
    throw new CliError(`No relay answers at ${to}.`, {
      todo: 'Start one with npm start, or say where it is: --to URL',
    });
  }
}
