// lifecycle send: a correctly signed sample webhook, or the whole story, to a Worker. Invented people do not belong
// into a real workspace, so where they would get there it asks for a flag that says so.

import type { Command } from 'commander';

import { sample, sampleTypes } from '../../samples/sample.ts';
import type { SampleProvider } from '../../samples/sample.ts';
import { savedSecrets } from '../../samples/saved-secrets.ts';
import { sendWebhook } from '../../samples/send-webhook.ts';
import type { SampleWebhook, Secrets } from '../../samples/send-webhook.ts';
import { story } from '../../samples/story.ts';
import { isLocal } from '../terminal/address.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { relayUrl } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';

type Options = {
  readonly userId?: string;
  readonly customerId?: string;
  readonly to?: string;
  readonly story?: boolean;
  readonly yesSendInventedPeople?: boolean;
};

type Sent = { readonly type: string; readonly outcome: string };

const TAKEN = ['accepted', 'duplicate', 'ignored', 'waiting', 'parked'];

export function sendCommand(): Command {
  const made = command('send [provider] [type]', 'send a signed sample webhook to a Worker', [
    'send clerk user.created',
    'send stripe customer.subscription.updated --user-id user_2abc --to http://localhost:8787',
    'send --story',
  ])
    .option('--user-id <id>', 'the Clerk user it is about (default: a new one)')
    .option('--customer-id <id>', 'the Stripe customer (default: one that goes with the user)')
    .option('--to <url>', 'the Worker (default: RELAY_URL, else http://localhost:8787)')
    .option('--story', 'the whole life of one customer')
    .option('--yes-send-invented-people', 'even though they reach a real workspace');
  return does<Options>(made, async (session, { args: [provider, type], options }) => {
    const isAboutOne = (options.userId ?? options.customerId ?? provider) !== undefined;
    if (options.story === true && isAboutOne) {
      throw usageError('--story makes up its own person: it takes no id and no webhook.');
    }
    const to = relayUrl(session, options.to);
    const webhooks = options.story === true ? storyOf() : [sampleOf({ provider, type, options })];
    needLeave(session, to, options.yesSendInventedPeople === true);
    const secrets = secretsOf(session);
    const sent: Sent[] = [];
    for (const webhook of webhooks) {
      const outcome = await deliver(to, webhook, secrets);
      sent.push({ type: String(webhook.body['type']), outcome });
    }
    const isTaken = sent.every((each) => TAKEN.includes(each.outcome));
    session.out.result({ to, sent }, [
      ...sent.map((each) => `${each.type}: ${each.outcome}`),
      ...(isTaken ? [] : ['A refusal is explained in README.md, under Operating.']),
    ]);
    return isTaken ? EXIT.ok : EXIT.problem;
  });
}

function sampleOf(about: {
  readonly provider: string | undefined;
  readonly type: string | undefined;
  readonly options: Options;
}): SampleWebhook {
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
  if (webhook !== null) return webhook;
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

function storyOf(): SampleWebhook[] {
  return story(newTag(), Math.floor(Date.now() / 1000)).flatMap((step) => step.webhooks);
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

/** Those of the settings; for `npm start`, which makes its own, those it has saved. */
function secretsOf({ settings }: Session): Secrets {
  const saved = savedSecrets();
  const first = (names: readonly string[]) => {
    const value = names
      .map((name) => settings.values[name])
      .find((each) => typeof each === 'string');
    return typeof value === 'string' ? (value.split(',')[0] ?? '').trim() : '';
  };
  return {
    clerk: first(['CLERK_WEBHOOK_SIGNING_SECRET', 'CLERK_WEBHOOK_SECRET']) || saved.clerk,
    stripe: first(['STRIPE_WEBHOOK_SECRET']) || saved.stripe,
  };
}

async function deliver(to: string, webhook: SampleWebhook, secrets: Secrets): Promise<string> {
  if (secrets[webhook.provider] === '') {
    const names = { clerk: 'CLERK_WEBHOOK_SIGNING_SECRET', stripe: 'STRIPE_WEBHOOK_SECRET' };
    throw usageError(
      `${names[webhook.provider]} is not set, so nothing can be signed.`,
      'It has to be the one the Worker has. npm start makes its own.',
    );
  }
  try {
    return await sendWebhook(to, webhook, secrets);
  } catch {
    throw new CliError(`No relay answers at ${to}.`, {
      todo: 'Start one with npm start, or say where it is: --to URL',
    });
  }
}
