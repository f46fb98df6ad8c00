// Set-up, in the order in which it can be answered: the Worker's address, the region, Customer.io's key, Clerk, Stripe, and
// then the deployed Worker itself. What is known is kept at once, so that a run that was broken off goes on from there.

import { randomBytes } from 'node:crypto';

import { clerk } from '../../intake/clerk/provider.ts';
import { allChecks } from '../doctor/all-checks.ts';
import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { hasOrganizations, ORGANIZATION_EVENTS } from '../doctor/organizations.ts';
import { shapeCheck } from '../doctor/shapes.ts';
import { originOf } from '../terminal/address.ts';
import { CliError, usageError } from '../terminal/cli-error.ts';
import type { Session } from '../terminal/session.ts';
import { RELAY_URL } from '../terminal/settings.ts';
import { openDraft } from './draft.ts';
import type { Draft } from './draft.ts';
import { keyStep } from './key-step.ts';
import type { SetupRun } from './run.ts';
import { stripePart } from './stripe-part.ts';
import type { Part } from './stripe-part.ts';
import {
  CHECKOUT_CODE,
  clerkSteps,
  EMAIL_SETTING,
  ORGANIZATION_CODE,
  ORGANIZATIONS_ARE_OFF,
} from './words.ts';
import { putSecrets, settledChecks, testThrough } from './worker-step.ts';

/** Checks on the final values, and what is left to do by hand. */
type SetUp = {
  readonly session: Session;
  readonly checks: readonly Check[];
  readonly todo: readonly string[];
};

export async function setUp(before: Session, given: Omit<SetupRun, 'draft'>): Promise<SetUp> {
  const run = { ...given, draft: openDraft(before) };
  const { draft } = run;
  const relay = await relayStep(run);
  await regionStep(run);
  // Before anything is made elsewhere: a secret that Stripe shows once needs a place to go to.
  draft.keep('ADMIN_TOKEN', draft.textOf('ADMIN_TOKEN') || randomBytes(24).toString('hex'));
  await keepUnasked(draft);
  await customerioStep(run);
  const clerkTodo = await clerkStep(run, relay);
  const stripe = await stripePart(run, relay);
  const checks = [
    ...addressChecks(relay),
    ...(await allChecks(draft.sessionWith(), relay)),
    ...stripe.checks,
  ];
  const last = await lastStep(run, relay, checks);
  return {
    session: draft.sessionWith(),
    checks: [...withoutTwice(checks), ...last.checks],
    todo: [
      ...stripe.todo,
      ...clerkTodo,
      EMAIL_SETTING,
      '',
      ...CHECKOUT_CODE,
      '',
      ...organizationsTodo(draft.sessionWith()),
      ...last.todo,
    ],
  };
}

/** Null where nobody says where it is, or it is not https: then no provider can reach it. */
async function relayStep({ draft, ask, options }: SetupRun): Promise<string | null> {
  const known = options.worker ?? draft.textOf(RELAY_URL);
  const typed =
    ask === null || options.worker !== undefined
      ? known
      : await ask.text('Where is the Worker? npm run deploy prints it', known, (url) =>
          originOf(url) === null ? 'An address such as https://name.you.workers.dev' : null,
        );
  if (typed === '') return null;
  const origin = originOf(typed);
  // Not repeated: it may hold a password.
  if (origin === null) {
    throw usageError(
      'This is no address of a Worker: it takes no path, no query and no password.',
      'It looks like https://name.you.workers.dev',
    );
  }
  draft.keepRelay(origin);
  return origin;
}

function addressChecks(relay: string | null): Check[] {
  const todo =
    'npm run deploy prints it; then: npx --no-install lifecycle setup --worker https://...';
  if (relay === null) return [problem('Worker', 'nobody has said where it is', todo)];
  return relay.startsWith('https:')
    ? []
    : [problem('Worker', `${relay} is not https: Clerk and Stripe cannot reach it`, todo)];
}

async function regionStep({ draft, ask, options }: SetupRun): Promise<void> {
  const known = draft.textOf('CUSTOMERIO_REGION') || 'us';
  const regions = ['us', 'eu'];
  const region =
    options.region ??
    (ask === null
      ? known
      : await ask.choose('Where is your Customer.io workspace?', regions, known));
  if (!regions.includes(region)) throw usageError('--region is us or eu.');
  if (!draft.keepRegion(region)) {
    throw new CliError('There is no wrangler.toml here to say the region in.', {
      todo: 'Run it in the checkout.',
    });
  }
}

async function customerioStep({ draft, ask }: SetupRun): Promise<void> {
  await keyStep(draft, ask, { name: 'CUSTOMERIO_TRACK_TOKEN', without: 'nothing lands' });
  await keyStep(draft, ask, { name: 'CUSTOMERIO_APP_TOKEN', without: 'no mails, no people' });
}

/** What is left to do at Clerk, unless its secret looks as it should. */
async function clerkStep({ draft, ask }: SetupRun, relay: string | null): Promise<string[]> {
  const steps =
    relay?.startsWith('https:') === true
      ? clerkSteps(relay, hasOrganizations(draft.sessionWith()))
      : [];
  const [name = ''] = Object.keys(clerk.secrets);
  const alias = clerk.secrets[name]?.find((each) => draft.textOf(each) !== '');
  const used = draft.textOf(name) === '' ? (alias ?? name) : name;
  if (ask !== null) ask.say(steps);
  await keyStep(draft, ask, { name: used, without: "Clerk's webhooks are answered 503" });
  await keyStep(draft, ask, { name: 'CLERK_SECRET_KEY', without: 'nothing is looked up there' });
  const isWell = shapeCheck(used, draft.values()).verdict !== 'problem';
  return draft.textOf(used) !== '' && isWell ? [] : [...steps, ''];
}

/** Where companies pay: what a checkout says as well, or that there is such a thing. */
function organizationsTodo(session: Session): readonly string[] {
  return hasOrganizations(session)
    ? [...ORGANIZATION_CODE, ORGANIZATION_EVENTS]
    : [ORGANIZATIONS_ARE_OFF];
}

/** A failed step is one line, so what the doctor says of the same goes. */
function withoutTwice(checks: readonly Check[]): readonly Check[] {
  const failed = checks.findLast(({ name }) => name === 'Stripe endpoint');
  return checks.filter(
    (check) =>
      check.verdict === 'ok' ||
      !/^Stripe (API|endpoint)$/.test(check.name) ||
      check === failed ||
      failed === undefined,
  );
}

async function lastStep(
  run: SetupRun,
  relay: string | null,
  checks: readonly Check[],
): Promise<Part> {
  const problems = checks.filter(({ verdict }) => verdict === 'problem').length;
  if (problems > 0 || relay === null) {
    return {
      checks: [],
      todo: [
        '',
        'Nothing was sent to the Worker: correct the PROBLEMs first, then run this again.',
      ],
    };
  }
  const { draft, world } = run;
  const isPut = await isWanted(
    run,
    'putSecrets',
    'Put the secrets to the deployed Worker now (npx wrangler secret bulk)?',
  );
  const put = isPut ? await putSecrets(draft, world) : [];
  if (put.length > 0) return { checks: put, todo: [] };
  const isTested =
    (isPut || run.options.sendTest === true) &&
    (await isWanted(
      run,
      'sendTest',
      'Send a signed test webhook through it? It is verified and ignored: no person is made.',
    ));
  const tested = isTested ? await testThrough(draft, relay, world) : [];
  if (isPut || isTested) {
    return { checks: [...tested, ...(await settledChecks(draft, relay, world))], todo: [] };
  }
  return { checks: [], todo: ['', ...toPut(draft)] };
}

async function isWanted(
  { ask, options }: SetupRun,
  option: 'putSecrets' | 'sendTest',
  question: string,
): Promise<boolean> {
  const said = options[option];
  if (said !== undefined) return said;
  return ask !== null && (await ask.sure(question));
}

function toPut({ varsFile }: Draft): string[] {
  return [
    'Send the secrets to the deployed Worker, then look at it:',
    `  npm run deploy && npx wrangler secret bulk ${varsFile}`,
    '  npx --no-install lifecycle doctor',
  ];
}

/** Not asked for: who needs one of these knows that it is needed. */
const UNASKED = ['STRIPE_SVIX_SIGNING_SECRET', 'CUSTOMERIO_SITE_ID', 'ALERT_WEBHOOK_URL'];

async function keepUnasked(draft: Draft): Promise<void> {
  for (const name of UNASKED) await keyStep(draft, null, { name, without: '' });
}
