// What a newcomer answers and closes, at a real pseudo-terminal: set-up against emulated APIs, and `npm start`.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { stripeSample } from '../../src/samples/events.ts';
import { sendWebhook } from '../../src/samples/send-webhook.ts';
import { clerkSecret } from '../../src/samples/sign-clerk.ts';
import { isFree } from '../../src/start/children.ts';
import { until } from '../../src/start/until.ts';
import { startSetUpApis } from '../emulator/set-up-apis.ts';
import { freePorts } from '../support/processes.ts';
import { cleanClone, forget, typed } from './clone.ts';
import type { Clone } from './clone.ts';
import { holders, openTerminal, withoutTerminal } from './terminal.ts';
import type { Terminal } from './terminal.ts';

const RELAY = 'https://relay.example.test';
const KEYS = {
  CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1234567890',
  CUSTOMERIO_APP_TOKEN: 'app-key-1234567890',
  CLERK_WEBHOOK_SIGNING_SECRET: clerkSecret(),
  CLERK_SECRET_KEY: 'sk_test_clerk0000000000',
  STRIPE_SECRET_KEY: 'sk_test_stripe000000000',
};
const MADE = 'whsec_made0by0the0emulator00000000';
const ANY_ADMIN = { ADMIN_TOKEN: expect.stringMatching(/^[0-9a-f]{48}$/) };
const THERE = {
  id: 'we_1',
  url: `${RELAY}/webhooks/stripe`,
  status: 'enabled',
  livemode: false,
  api_version: null,
  enabled_events: STRIPE_EVENT_TYPES,
};
const PAID = { provider: 'stripe', body: stripeSample('invoice.paid') } as const;

const ERASE_LINE = '\u0015';
const CONTROL_C = '\u0003';
/** What does not end by itself has not ended. */
const CLOSED_MS_MAX = 30_000;

let clone: Clone;
let apis: Awaited<ReturnType<typeof startSetUpApis>>;
const opened: Terminal[] = [];

beforeAll(async () => {
  apis = await startSetUpApis(KEYS);
});
afterAll(async () => {
  await apis.close();
});
beforeEach(() => {
  apis.stripe.has({});
  apis.clerk.forget();
  clone = cleanClone();
});
afterEach(async () => {
  for (const terminal of opened.splice(0)) await terminal.close();
  forget(clone);
});

const found = holders();
const missing = withoutTerminal(found);

describe('a pseudo-terminal', () => {
  it('is here, or it is said why not', ({ skip }) => {
    const isNeeded = process.platform === 'linux' && process.env['CI'] === 'true';
    expect(isNeeded ? missing : null).toBeNull();
    skip(missing !== null, `set-up and npm start are not played at a terminal: ${missing}`);
  });
});

function open(command: string, env: Readonly<Record<string, string>> = {}): Terminal {
  const [holder] = found;
  if (holder === undefined) throw new Error(`no terminal: ${missing}`);
  const terminal = openTerminal(holder, command, { ...clone, env: { ...clone.env, ...env } });
  opened.push(terminal);
  return terminal;
}

function openSetup(): Terminal {
  return open(typed('npx --no-install lifecycle setup'), apis.urls);
}

/** Waits for the question, then types and presses Enter. */
async function answer(terminal: Terminal, question: string, keys: string): Promise<void> {
  await terminal.shows(`◆ ${question}`);
  terminal.type(`${keys}\r`);
}

async function answerUpTo(terminal: Terminal, last: keyof typeof KEYS): Promise<void> {
  // In the place of an address that is known already.
  await answer(terminal, 'Where is the Worker?', `${ERASE_LINE}${RELAY}`);
  await answer(terminal, 'Where is your Customer.io workspace?', '');
  for (const [name, key] of Object.entries(KEYS)) {
    await answer(terminal, `${name} (`, key);
    if (name === last) return;
  }
}

/** What is closed leaves nothing running. */
async function closed(terminal: Terminal): Promise<void> {
  expect(terminal.running()).not.toEqual([]);
  await terminal.close();
  await until(() => terminal.running().length === 0, CLOSED_MS_MAX);
  expect(terminal.running()).toEqual([]);
}

function kept(): Record<string, string | undefined> {
  return { ...parseEnv(readFileSync(path.join(clone.folder, '.dev.vars'), 'utf8')) };
}

/** All that set-up has written, and npm's log of it. */
function written(): string {
  const { folder, home } = clone;
  const files = [
    ...['.dev.vars', 'wrangler.toml'].map((name) => path.join(folder, name)),
    ...filesIn(path.join(folder, '.wrangler')),
    ...filesIn(path.join(home, '.npm', '_logs')),
  ];
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => path.join(folder, name));
}

const WRONG = {
  CUSTOMERIO_TRACK_TOKEN: 'wrong-pipelines-key',
  CUSTOMERIO_APP_TOKEN: 'wrong-app-key-00000',
  CLERK_WEBHOOK_SIGNING_SECRET: 'sk_test_wrong_misplaced',
  CLERK_SECRET_KEY: 'sk_test_wrong_anothers',
  STRIPE_SECRET_KEY: 'sk_test_wrong_mistyped',
};

describe.skipIf(missing !== null)('lifecycle setup at a terminal', () => {
  it('is answered once through, and keeps what works for its owner alone', async () => {
    const terminal = openSetup();
    await answerUpTo(terminal, 'STRIPE_SECRET_KEY');
    await terminal.shows('made the endpoint we_1; its signing secret is kept.');
    await answer(terminal, 'Put the secrets to the deployed Worker now', 'n');
    await terminal.shows('npx wrangler secret bulk .dev.vars');
    await terminal.shows('Done. lifecycle doctor checks all of it at any time.');
    expect(await terminal.code).toBe(0);
    expect(terminal.running()).toEqual([]);
    expect(kept()).toEqual({
      ...KEYS,
      STRIPE_WEBHOOK_SECRET: MADE,
      ...ANY_ADMIN,
    });
    expect(statSync(path.join(clone.folder, '.dev.vars')).mode & 0o777).toBe(0o600);
    expect(apis.stripe.endpoints()).toMatchObject([
      { url: `${RELAY}/webhooks/stripe`, enabled_events: STRIPE_EVENT_TYPES },
    ]);
    const shown = Object.values(kept()).filter((secret = '') => terminal.text().includes(secret));
    expect(shown).toEqual([]);
  });

  it('asks again for all that is refused, and writes none of it', async () => {
    apis.stripe.has({ endpoints: [THERE] });
    const terminal = openSetup();
    await answer(terminal, 'Where is the Worker?', `${RELAY}/wrong`);
    await terminal.shows('An address such as https://name.you.workers.dev');
    terminal.type(`${ERASE_LINE}${RELAY}\r`);
    await answer(terminal, 'Where is your Customer.io workspace?', '');
    for (const [name, wrong] of Object.entries(WRONG)) {
      await refuses(terminal, name, wrong);
      await answer(terminal, `${name} (`, KEYS[name as keyof typeof KEYS]);
    }
    await refuses(terminal, 'STRIPE_WEBHOOK_SECRET', 'pk_test_wrong_unlike');
    await answer(terminal, 'STRIPE_WEBHOOK_SECRET (', MADE);
    await answer(terminal, 'Put the secrets to the deployed Worker now', 'n');
    expect(await terminal.code).toBe(0);
    expect(kept()).toMatchObject({ ...KEYS, STRIPE_WEBHOOK_SECRET: MADE });
    expect(written()).not.toMatch(/wrong[-_]/);
    expect(terminal.text()).not.toMatch(/wrong[-_]/);
  });

  it('is closed in the middle, wherever that is, and goes on from there', async () => {
    let terminal = openSetup();
    await answerUpTo(terminal, 'CUSTOMERIO_TRACK_TOKEN');
    await terminal.shows('◆ CUSTOMERIO_APP_TOKEN (');
    terminal.type('half-a-ke');
    await terminal.shows('▪');
    await closed(terminal);
    expect(kept()).toEqual({ CUSTOMERIO_TRACK_TOKEN: KEYS.CUSTOMERIO_TRACK_TOKEN, ...ANY_ADMIN });
    expect(written()).not.toContain('half-a-ke');

    // While a key is tried: Clerk has heard the question, and never answers.
    apis.clerk.script('timeout');
    terminal = openSetup();
    await terminal.shows('◆ Where is the Worker?');
    terminal.type('\r');
    await answer(terminal, 'Where is your Customer.io workspace?', '');
    await answer(terminal, 'CUSTOMERIO_TRACK_TOKEN (Enter keeps it)', '');
    await answer(terminal, 'CUSTOMERIO_APP_TOKEN (', KEYS.CUSTOMERIO_APP_TOKEN);
    await answer(terminal, 'CLERK_WEBHOOK_SIGNING_SECRET (', KEYS.CLERK_WEBHOOK_SIGNING_SECRET);
    await answer(terminal, 'CLERK_SECRET_KEY (', KEYS.CLERK_SECRET_KEY);
    expect(await until(() => apis.clerk.requests.length > 0)).toBe(true);
    await closed(terminal);
    const { CLERK_SECRET_KEY: _tried, STRIPE_SECRET_KEY: _unasked, ...good } = KEYS;
    expect(kept()).toEqual({ ...good, ...ANY_ADMIN });

    // After Stripe has told its secret, which it does once.
    terminal = openSetup();
    await answerUpTo(terminal, 'STRIPE_SECRET_KEY');
    await terminal.shows('◆ Put the secrets to the deployed Worker now');
    await closed(terminal);
    expect(kept()).toEqual({ ...KEYS, STRIPE_WEBHOOK_SECRET: MADE, ...ANY_ADMIN });
    expect(readdirSync(clone.folder).filter((name) => name.startsWith('.dev.vars'))).toEqual([
      '.dev.vars',
      '.dev.vars.example',
    ]);
  });
});

describe.skipIf(missing !== null)('npm start at a terminal', () => {
  it('is closed in the middle of its story, and starts again', async () => {
    const ports = await freePorts();
    const story = open(`${typed('npm start')} -- ${ports.join(' ')}`);
    await story.shows('✓');
    await closed(story);
    for (const port of [ports[1], ports[3]]) {
      expect(await until(() => isFree(Number(port)), CLOSED_MS_MAX)).toBe(true);
    }
    const files = readdirSync(path.join(clone.folder, '.wrangler/start')).toSorted();
    expect(files).toEqual(['dev.vars', 'secrets.json', 'state']);

    // What set-up leaves: with a real key in the file nothing may go to Customer.io.
    const secret = 'whsec_of0stripe0and0nobody0else0000';
    const mine = `CUSTOMERIO_TRACK_TOKEN=a-real-key\nSTRIPE_WEBHOOK_SECRET=${secret}\n`;
    writeFileSync(path.join(clone.folder, '.dev.vars'), mine);
    const own = open(`${typed('npm start -- --with .dev.vars')} ${ports.join(' ')}`);
    await own.shows('What comes in from here on:');
    // In place of the Stripe CLI, which forwards what its account sends.
    const listen = typed('stripe listen --forward-to localhost:8787/webhooks/stripe');
    const at = `http://${listen
      .split(' ')
      .at(-1)
      ?.replace('8787', ports[1] ?? '')}`;
    await sendWebhook(at.replace('/webhooks/stripe', ''), PAID, { clerk: '', stripe: secret });
    await own.shows('stripe invoice.paid');
    own.type(CONTROL_C);
    await own.code;
    await until(() => own.running().length === 0, CLOSED_MS_MAX);
    expect(own.running()).toEqual([]);
  });
});

async function refuses(terminal: Terminal, name: string, wrong: string): Promise<void> {
  await answer(terminal, `${name} (`, wrong);
  await terminal.shows('It is not kept.');
  expect(kept()).not.toHaveProperty(name);
}
