// lifecycle setup: asks for what is missing, checks each key, makes the Stripe endpoint, and writes .dev.vars. Without
// a terminal it asks nothing and works with what flags and environment say.

import { cancel, intro, log, outro, password, text } from '@clack/prompts';
import type { Command } from 'commander';

import { readConfig } from '../../config/config.ts';
import { clerk } from '../../intake/clerk/provider.ts';
import { PROVIDERS } from '../../intake/providers.ts';
import { secretNames, secretsOf } from '../../intake/secrets.ts';
import { apiChecks } from '../doctor/api-checks.ts';
import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { report } from '../doctor/report.ts';
import { shapeCheck } from '../doctor/shapes.ts';
import { originOf } from '../terminal/address.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { openOutput } from '../terminal/output.ts';
import { answered, isTerminal } from '../terminal/prompt.ts';
import { SECRETS } from '../terminal/secrets.ts';
import { LOCAL_URL, relayUrl, sessionOf } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';
import { RELAY_URL } from '../terminal/settings.ts';
import { writeDevVars } from './dev-vars.ts';
import { clerkSteps, newAdminToken, stripeStep } from './set-up.ts';
import type { StripeStep } from './set-up.ts';

type Options = { readonly worker?: string; readonly addEvents?: boolean; readonly input: boolean };

/** Not asked for by the wizard: who needs one of these knows that it is needed. */
const UNASKED = [
  'CUSTOMERIO_SITE_ID',
  'ADMIN_TOKEN',
  'ALERT_WEBHOOK_URL',
  // Of a provider the first secret is asked for, by the first of its names.
  ...PROVIDERS.flatMap((provider) => secretNames([provider]).flat().slice(1)),
];
const ASKED = SECRETS.filter(({ name }) => !UNASKED.includes(name));

export function setupCommand(): Command {
  const made = command('setup', 'ask for keys, check them, make the Stripe endpoint', [
    'setup',
    'setup --worker https://lifecycle-relay.you.workers.dev --no-input   (keys from .dev.vars or the environment)',
  ])
    .option('--worker <url>', 'where the Worker is, or will be (default: RELAY_URL)')
    .option('--add-events', 'add what an existing Stripe endpoint does not send')
    .option('--no-input', 'ask nothing');
  return does<Options>(made, async (before, { options }) => {
    const isAsking = options.input && isTerminal() && !before.out.isJson;
    if (isAsking) {
      intro(
        'Lifecycle Relay: set-up. Enter keeps what is there; Ctrl-C stops, with nothing written.',
      );
    }
    const values = isAsking ? await askAll(before, options) : given(before, options);
    const session = withValues(before, values);
    const relay = relayUrl(session, undefined);
    const { [RELAY_URL]: _address, ...secrets } = values;
    // Before anything is made elsewhere: a secret that Stripe shows once needs a place to go to.
    writeDevVars(before.varsFile, secrets);
    const checks = await checksOf(session);
    const wish = { relay, addEvents: options.addEvents === true };
    const step = await stripeStep(session, wish).catch(notDone);
    if (step.kind === 'created') {
      secrets['STRIPE_WEBHOOK_SECRET'] = step.secret;
      writeDevVars(before.varsFile, { STRIPE_WEBHOOK_SECRET: step.secret });
    }
    const exit = report(session.out, withStep(checks, step), [
      ...sayStripe(step),
      '',
      ...(secretsOf(clerk, secrets) === null ? [...clerkSteps(relay), ''] : []),
      ...lastSteps(before.varsFile, Object.keys(secrets), relay),
    ]);
    if (isAsking) {
      outro(
        exit === EXIT.ok
          ? 'Done. lifecycle doctor checks all of it at any time.'
          : 'Not all is well yet: see above.',
      );
    }
    return exit;
  });
}

/** What is set already, by file, environment or flag, and what can be made up. */
function given({ settings }: Session, options: Options): Record<string, string> {
  const names = [...SECRETS.map(({ name }) => name), RELAY_URL];
  const known = names.flatMap((name) => {
    const value = settings.values[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    ADMIN_TOKEN: newAdminToken(),
    ...Object.fromEntries(known),
    ...(options.worker === undefined ? {} : { [RELAY_URL]: options.worker }),
  };
}

async function askAll(session: Session, options: Options): Promise<Record<string, string>> {
  const values = given(session, options);
  values[RELAY_URL] = answered(
    await text({
      message: 'Where is the Worker, or where will it be?',
      initialValue: values[RELAY_URL] ?? LOCAL_URL,
      validate: (url) =>
        originOf(url ?? '') === null
          ? 'An address such as https://name.you.workers.dev'
          : undefined,
    }),
  );
  for (const { name, what, where } of ASKED) {
    const isKnown = values[name] !== undefined;
    log.info(`${name} is ${what}. ${where}`);
    const typed = answered(
      await password({
        message: isKnown ? `${name} (set; Enter keeps it)` : `${name} (Enter to leave it out)`,
      }),
    );
    if (typed !== undefined && typed.trim() !== '') values[name] = typed.trim();
    const check = values[name] === undefined ? null : shapeCheck(name, values);
    if (check !== null && check.verdict !== 'ok') log.warn(`${name}: ${check.finding}`);
  }
  return values;
}

function withValues(before: Session, changes: Readonly<Record<string, string>>): Session {
  const values = { ...before.settings.values, ...changes };
  const result = readConfig(values);
  const problems = result.ok ? result.config.unusable.map((each) => each.problem) : result.problems;
  if (!result.ok || problems.length > 0) {
    cancel('Nothing was written.');
    throw usageError(`The configuration is wrong. ${problems.join('; ')}.`);
  }
  return sessionOf({
    settings: { values, problems: [], config: result.config },
    out: openOutput({ isJson: before.out.isJson, values }),
    varsFile: before.varsFile,
  });
}

async function checksOf(session: Session): Promise<Check[]> {
  const { values } = session.settings;
  const set = SECRETS.filter(({ name }) => typeof values[name] === 'string');
  return [...set.map(({ name }) => shapeCheck(name, values)), ...(await apiChecks(session, null))];
}

type NotDone = { readonly kind: 'not_done'; readonly error: CliError };

function notDone(error: unknown): NotDone {
  if (error instanceof CliError) return { kind: 'not_done', error };
  throw error;
}

/** A failed step is one line, so what the key's own check said of it goes. */
function withStep(checks: readonly Check[], step: StripeStep | NotDone): readonly Check[] {
  if (step.kind !== 'not_done') return checks;
  const others = checks.filter(({ name, verdict }) => name !== 'Stripe API' || verdict === 'ok');
  const { message, todo } = step.error;
  return [...others, problem('Stripe endpoint', message, todo ?? 'Run setup again.')];
}

function sayStripe(step: StripeStep | NotDone): string[] {
  switch (step.kind) {
    case 'not_done':
      return ['Stripe: no endpoint was made; see the PROBLEM. Run this again with another key.'];
    case 'no_key':
      return [
        'Stripe: without STRIPE_SECRET_KEY the endpoint has to be made by hand (README, Deploy, 3).',
      ];
    case 'not_https':
      return [
        'Stripe: no endpoint was made, because Stripe sends to https only. Run this again with --worker https://...',
      ];
    case 'created':
      return [`Stripe: made the endpoint ${step.id}; its signing secret is in the file.`];
    case 'extended':
      return [`Stripe: the endpoint ${step.id} now sends ${step.missing.join(', ')} too.`];
    case 'there':
      return sayThere(step);
  }
}

function sayThere({
  id,
  missing,
  status,
}: Extract<StripeStep, { kind: 'there' | 'extended' }>): string[] {
  const lacks =
    missing.length === 0
      ? 'sends everything that is read'
      : `does not send ${missing.join(', ')} (--add-events adds them)`;
  return [
    `Stripe: the endpoint ${id} is there (${status}) and ${lacks}. It was left as it is.`,
    'Its signing secret is at Stripe > Developers > Webhooks; Stripe shows it nowhere else.',
  ];
}

/** The address is no secret of the Worker's, so it is not in the file that is sent there. */
function lastSteps(file: string, names: readonly string[], relay: string): string[] {
  return [
    `Written to ${file}: ${names.join(', ')}.`,
    'Send them to the deployed Worker:',
    `  npm run deploy && npx wrangler secret bulk ${file}`,
    `Later commands find it by --worker ${relay}, or by RELAY_URL in the environment.`,
  ];
}
