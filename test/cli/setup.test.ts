// Set-up: in one run, in the order in which it can be answered; nothing that is refused is kept, and nothing that works is
// changed. By flags as a process; at a terminal over a script that answers in its place.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { explain } from '../../src/cli/commands/explanation.ts';
import { terminalAsker } from '../../src/cli/setup/asker.ts';
import type { Asker } from '../../src/cli/setup/asker.ts';
import { openDraft } from '../../src/cli/setup/draft.ts';
import { withRegion } from '../../src/cli/setup/region.ts';
import type { SetupOptions } from '../../src/cli/setup/run.ts';
import { setUp } from '../../src/cli/setup/setup.ts';
import { putSecrets, testThrough } from '../../src/cli/setup/worker-step.ts';
import { openOutput } from '../../src/cli/terminal/output.ts';
import { sessionOf } from '../../src/cli/terminal/session.ts';
import { readSettings } from '../../src/cli/terminal/settings.ts';
import { readConfig } from '../../src/config/config.ts';
import { CLERK_EVENT_TYPES } from '../../src/intake/clerk/events.ts';
import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { clerkSecret } from '../../src/samples/sign-clerk.ts';
import { emulate } from '../emulator/loopback.ts';
import type { ApiRequest, Emulated } from '../emulator/loopback.ts';
import { startSetUpApis } from '../emulator/set-up-apis.ts';
import type { StripeEndpointState } from '../emulator/stripe-setup.ts';
import { FOLDER, lifecycle } from './lifecycle.ts';

const RELAY = 'https://relay.example.test';
const SECRETS = {
  CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1234567890',
  CUSTOMERIO_APP_TOKEN: 'app-key-1234567890',
  CLERK_WEBHOOK_SIGNING_SECRET: clerkSecret(),
  STRIPE_WEBHOOK_SECRET: 'whsec_of0stripe0and0nobody0else0000',
  CLERK_SECRET_KEY: 'sk_test_clerk0000000000',
  STRIPE_SECRET_KEY: 'sk_test_stripe000000000',
  ADMIN_TOKEN: 'an-admin-token-of-24-characters',
};
const MADE = 'whsec_made0by0the0emulator00000000';

let apis: Awaited<ReturnType<typeof startSetUpApis>>;
let stripe: typeof apis.stripe;
let urls: Record<string, string>;
let env: Record<string, string>;
const opened: Emulated[] = [];

beforeAll(async () => {
  apis = await startSetUpApis(SECRETS);
  ({ stripe, urls } = apis);
  env = { ...SECRETS, ...urls };
});
afterAll(async () => {
  for (const each of [apis, ...opened]) await each.close();
});

const vars = path.join(FOLDER, '.dev.vars');

beforeEach(() => {
  stripe.has({});
  rmSync(vars, { force: true });
  rmSync(path.join(FOLDER, '.wrangler'), { recursive: true, force: true });
});

function endpoint(url: string, more: Partial<StripeEndpointState> = {}): StripeEndpointState {
  const about = { id: 'we_1', url, status: 'enabled', livemode: false, api_version: null };
  return { ...about, enabled_events: STRIPE_EVENT_TYPES, ...more };
}

describe('setup by flags', () => {
  const setup = ['setup', '--worker', RELAY, '--no-input'];

  it('makes the Stripe endpoint with exactly the events that are read, and keeps its secret', async () => {
    stripe.has({});
    writeFileSync(vars, '# mine\nOTHER=1\nCUSTOMERIO_APP_TOKEN=old\n');
    const { STRIPE_WEBHOOK_SECRET: _none, CLERK_WEBHOOK_SIGNING_SECRET: _neither, ...rest } = env;
    const { code, out } = await lifecycle(setup, { env: rest });
    expect(stripe.endpoints()).toMatchObject([
      { url: `${RELAY}/webhooks/stripe`, enabled_events: STRIPE_EVENT_TYPES },
    ]);
    const text = readFileSync(vars, 'utf8');
    expect(text).toMatch(/^# mine\nOTHER=1\nCUSTOMERIO_APP_TOKEN=app-key-1234567890\n/);
    expect(text).toContain('STRIPE_WEBHOOK_SECRET=whsec_made0by0the0emulator00000000');
    expect(statSync(vars).mode & 0o777).toBe(0o600);
    expect(out).not.toContain('whsec_made');
    expect(out).toContain('In Clerk, two things to click:');
    // Clerk's secret is missing still.
    expect(out).not.toContain('secret bulk');
    expect(code).toBe(1);
  });

  it('leaves a working endpoint as it is, and adds events only when asked', async () => {
    const events = ['invoice.paid', 'of.my.own'];
    stripe.has({ endpoints: [endpoint(`${RELAY}/webhooks/stripe`, { enabled_events: events })] });
    const first = await lifecycle(setup, { env });
    expect(first.out).toContain('the endpoint we_1 is there (enabled) and does not send');
    expect(stripe.endpoints()).toMatchObject([{ enabled_events: events }]);
    await lifecycle([...setup, '--add-events'], { env });
    const [after] = stripe.endpoints();
    expect(after?.enabled_events).toEqual(
      expect.arrayContaining(['of.my.own', ...STRIPE_EVENT_TYPES]),
    );
    expect(stripe.endpoints()).toHaveLength(1);
  });

  it('keeps the keys when Stripe refuses its own, and says so in one line', async () => {
    for (const [more, refusal] of [
      [{ STRIPE_SECRET_KEY: 'sk_test_another00000000' }, 401],
      [{ STRIPE_API_URL: (await forbidding()).url }, 403],
    ] as const) {
      rmSync(vars, { force: true });
      const { code, out } = await lifecycle(setup, { env: { ...env, ...more } });
      expect(code).toBe(1);
      expect(out).toContain(`PROBLEM  Stripe endpoint: Stripe refuses the key (${refusal}).`);
      expect(out.match(/PROBLEM  |warning  Stripe/g)).toHaveLength(1);
      expect(out).toContain('ok       Clerk API: takes the key');
      expect(readFileSync(vars, 'utf8')).toContain('CUSTOMERIO_APP_TOKEN=app-key-1234567890');
    }
  });

  it('makes nothing at Stripe when the file cannot be written', async () => {
    stripe.has({});
    symlinkSync(path.join(FOLDER, 'no-such-folder/vars'), vars);
    const dangling = await lifecycle(setup, { env });
    rmSync(vars);
    mkdirSync(vars);
    const folder = await lifecycle(setup, { env });
    rmSync(vars, { recursive: true });
    expect(dangling).toMatchObject({ code: 1, out: '' });
    expect(dangling.err).toContain('.dev.vars cannot be written (ENOENT).');
    expect(folder).toMatchObject({ code: 2, out: '' });
    expect(folder.err).toContain('The secrets in .dev.vars cannot be read (EISDIR).');
    expect(stripe.endpoints()).toEqual([]);
  });

  it.each(['/webhooks/clerk', '?a=b', 'user:pw-not-to-be-shown@'])(
    'takes no address of a Worker with %s',
    async (more) => {
      stripe.has({});
      const address = more.endsWith('@') ? RELAY.replace('//', `//${more}`) : `${RELAY}${more}`;
      const made = await lifecycle(['setup', '--worker', address, '--no-input'], { env });
      const asked = await lifecycle(['status', '--worker', address], { env });
      for (const { code, err } of [made, asked]) {
        expect(code).toBe(2);
        expect(err).toContain('This is no address of a Worker');
        expect(err).not.toContain('pw-not-to-be-shown');
      }
      expect(existsSync(vars)).toBe(false);
      expect(stripe.endpoints()).toEqual([]);
    },
  );

  it('says which key does not work', async () => {
    const { code, out } = await lifecycle(setup, {
      env: { ...env, CUSTOMERIO_APP_TOKEN: 'wrong-key-00' },
    });
    expect(code).toBe(1);
    expect(out).toContain("App API: Customer.io's App API refuses the key (401).");
    expect(existsSync(vars)).toBe(true);
  });

  it('is never well where nothing is set, and says no deploy command over a PROBLEM', async () => {
    const { code, out } = await lifecycle(['setup', '--no-input'], { env: urls });
    expect(code).toBe(1);
    expect(out).toContain('PROBLEM  Worker: nobody has said where it is');
    expect(out).toContain('PROBLEM  CUSTOMERIO_TRACK_TOKEN: is not set: nothing lands');
    expect(out).not.toMatch(/secret bulk|localhost/);
  });

  it('keeps nothing that is refused, and still says what to click in Clerk', async () => {
    const wrong = {
      CUSTOMERIO_TRACK_TOKEN: 'wrong-pipelines-key',
      CLERK_WEBHOOK_SIGNING_SECRET: 'sk_test_notawebhooksecret',
    };
    const { code, out } = await lifecycle(setup, { env: { ...env, ...wrong } });
    expect(code).toBe(1);
    expect(out).toContain('PROBLEM  CLERK_WEBHOOK_SIGNING_SECRET: does not begin with whsec_');
    expect(out).toContain('Pipelines API: refuses the key');
    expect(out).toContain(`Add endpoint: ${RELAY}/webhooks/clerk`);
    expect(out).not.toContain('secret bulk');
    expect(readFileSync(vars, 'utf8')).not.toMatch(/TRACK_TOKEN|CLERK_WEBHOOK/);
  });

  it('finds a Stripe endpoint whose secret nobody has kept', async () => {
    stripe.has({ endpoints: [endpoint(`${RELAY}/webhooks/stripe`)] });
    const { STRIPE_WEBHOOK_SECRET: _none, ...rest } = env;
    const { code, out } = await lifecycle(setup, { env: rest });
    expect(code).toBe(1);
    expect(out).toContain('PROBLEM  STRIPE_WEBHOOK_SECRET: is not set');
  });

  it('judges the secret that Stripe has just made, and not the wrong one before it', async () => {
    const { code, out } = await lifecycle(setup, {
      env: { ...env, STRIPE_WEBHOOK_SECRET: 'no-such-shape' },
    });
    expect(out).not.toContain('PROBLEM');
    expect(readFileSync(vars, 'utf8')).toContain(`STRIPE_WEBHOOK_SECRET=${MADE}`);
    expect(code).toBe(0);
  });

  it('gives no provider an address that it cannot reach', async () => {
    const local = ['setup', '--worker', 'http://localhost:8787', '--no-input'];
    const { CLERK_WEBHOOK_SIGNING_SECRET: _none, ...rest } = env;
    const { code, out } = await lifecycle(local, { env: rest });
    expect(code).toBe(1);
    expect(out).toContain('is not https: Clerk and Stripe cannot reach it');
    expect(out).not.toContain('/webhooks/clerk');
  });

  it('keeps the address, so that no later command asks for it', async () => {
    await lifecycle(setup, { env });
    expect(readFileSync(vars, 'utf8')).not.toContain(RELAY);
    const { err } = await lifecycle(['status', '--vars-file', '.dev.vars'], { env: {} });
    expect(err).toContain(`cannot be reached at ${RELAY}`);
  });

  it('shows the one change of code and the one setting that no API tells', async () => {
    const { out } = await lifecycle(setup, { env });
    expect(out).toContain('client_reference_id: userId');
    expect(out).toContain('subscription_data: { metadata: { clerkUserId: userId } }');
    expect(out).toContain('"Allow updates to email using ID" has to be on');
  });
});

/** Answers each question whose words hold the key, in turn; a question nobody expects fails the test. */
function scripted(answers: Readonly<Record<string, readonly (string | boolean)[]>>) {
  const left = new Map(Object.entries(answers).map(([key, values]) => [key, [...values]]));
  const asked: string[] = [];
  const said: string[] = [];
  const answer = (message: string) => {
    asked.push(message);
    const key = [...left.keys()].find((each) => message.includes(each)) ?? '';
    const next = left.get(key)?.shift();
    if (next === undefined) throw new Error(`nobody answers: ${message}`);
    return next;
  };
  const text = async (message: string) => String(answer(message));
  const ask: Asker = {
    say: (lines) => said.push(...lines),
    text,
    secret: text,
    choose: text,
    sure: async (message) => answer(message) === true,
  };
  return { ask, asked, said };
}

describe('setup at a terminal', () => {
  let folder: string;
  const home = process.cwd();

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'setup-'));
    process.chdir(folder);
    writeFileSync('wrangler.toml', '[vars]\n# CUSTOMERIO_REGION = "us"\n');
  });
  afterEach(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  async function run(ask: Asker, options: SetupOptions = {}, wrangler = async () => 0) {
    const settings = await readSettings({ varsFile: '', environment: urls, flags: [] });
    const out = openOutput({ isJson: false, values: settings.values });
    const put: { args: readonly string[]; input: string }[] = [];
    const world = {
      wrangler: async (args: readonly string[], input: string) => {
        put.push({ args, input });
        return wrangler();
      },
      wait: async () => undefined,
    };
    const before = sessionOf({ settings, out, varsFile: '.dev.vars' });
    const done = await setUp(before, { ask, options, world });
    const bad = done.checks.filter(({ verdict }) => verdict === 'problem');
    return { ...done, put, bad };
  }

  const ANSWERS = {
    'Where is the Worker': [RELAY],
    'Where is your Customer.io': ['us'],
    CUSTOMERIO_TRACK_TOKEN: [SECRETS.CUSTOMERIO_TRACK_TOKEN],
    CUSTOMERIO_APP_TOKEN: [''],
    CLERK_WEBHOOK_SIGNING_SECRET: [SECRETS.CLERK_WEBHOOK_SIGNING_SECRET],
    CLERK_SECRET_KEY: [SECRETS.CLERK_SECRET_KEY],
    STRIPE_SECRET_KEY: [SECRETS.STRIPE_SECRET_KEY],
    'Put the secrets': [false],
  };

  it('needs one run, in the order in which it can be answered', async () => {
    const { ask, asked, said } = scripted(ANSWERS);
    const { bad, todo, put } = await run(ask);
    expect(bad).toEqual([]);
    expect(asked.map((message) => message.split(/[ (]/)[0])).toEqual([
      'Where',
      'Where',
      'CUSTOMERIO_TRACK_TOKEN',
      'CUSTOMERIO_APP_TOKEN',
      'CLERK_WEBHOOK_SIGNING_SECRET',
      'CLERK_SECRET_KEY',
      'STRIPE_SECRET_KEY',
      'Put',
    ]);
    expect(said.join('\n')).toContain(`Add endpoint: ${RELAY}/webhooks/clerk`);
    expect(said.join('\n')).toContain(CLERK_EVENT_TYPES[0]);
    expect(stripe.endpoints()).toMatchObject([{ url: `${RELAY}/webhooks/stripe` }]);
    const text = readFileSync('.dev.vars', 'utf8');
    expect(text).toContain(`STRIPE_WEBHOOK_SECRET=${MADE}`);
    expect(text).toMatch(/ADMIN_TOKEN=[0-9a-f]{48}/);
    expect(todo.join('\n')).toContain('npx wrangler secret bulk .dev.vars');
    expect(put).toEqual([]);
  });

  it('asks again for every key that is refused, and keeps only what is taken', async () => {
    const { ask, said } = scripted({
      ...ANSWERS,
      CUSTOMERIO_TRACK_TOKEN: ['wrong-key-000', SECRETS.CUSTOMERIO_TRACK_TOKEN],
      CUSTOMERIO_APP_TOKEN: ['rk_live_000000', 'wrong-app-key', ''],
      CLERK_WEBHOOK_SIGNING_SECRET: ['sk_test_misplaced', SECRETS.CLERK_WEBHOOK_SIGNING_SECRET],
      CLERK_SECRET_KEY: ['sk_test_anothers000', SECRETS.CLERK_SECRET_KEY],
      STRIPE_SECRET_KEY: ['pk_test_000000000', SECRETS.STRIPE_SECRET_KEY],
    });
    const { bad } = await run(ask);
    expect(bad).toEqual([]);
    const words = said.join('\n');
    expect(words).toContain(
      'CUSTOMERIO_TRACK_TOKEN: refuses the key as token: (401). It is not kept.',
    );
    expect(words).toContain(
      'CLERK_WEBHOOK_SIGNING_SECRET: does not begin with whsec_. It is not kept.',
    );
    expect(words).toContain('CLERK_SECRET_KEY: Clerk refuses the key (401). It is not kept.');
    const text = readFileSync('.dev.vars', 'utf8');
    expect(text).not.toMatch(/wrong|APP_TOKEN|misplaced|anothers|pk_test/);
  });

  it('writes the region into wrangler.toml', async () => {
    const { ask } = scripted({ ...ANSWERS, 'Where is your Customer.io': ['eu'] });
    await run(ask);
    expect(readFileSync('wrangler.toml', 'utf8')).toBe('[vars]\nCUSTOMERIO_REGION = "eu"\n');
    expect(withRegion('[vars]\nA = 1\n', 'eu')).toBe('[vars]\nCUSTOMERIO_REGION = "eu"\nA = 1\n');
    expect(withRegion('name = "x"\n', 'eu')).toBeNull();
  });

  it('sends nothing over a PROBLEM', async () => {
    const got: ApiRequest[] = [];
    const worker = await workerWith((request) => got.push(request));
    const { ask } = scripted({
      ...ANSWERS,
      'Where is the Worker': [worker.url],
      STRIPE_WEBHOOK_SECRET: [SECRETS.STRIPE_WEBHOOK_SECRET],
    });
    const { bad, put, todo } = await run(ask, { putSecrets: true, sendTest: true });
    expect(bad.map(({ name }) => name)).toContain('Worker');
    expect(todo.join('\n')).toContain('Nothing was sent to the Worker');
    expect({ put, got }).toEqual({ put: [], got: [] });
  });

  it('puts exactly the secrets, and says when wrangler does not', async () => {
    const settings = await readSettings({ varsFile: '', environment: env, flags: [] });
    const out = openOutput({ isJson: false, values: settings.values });
    const draft = openDraft(sessionOf({ settings, out, varsFile: '.dev.vars' }));
    const put: string[] = [];
    const wrangler = async (args: readonly string[], input: string) => {
      put.push(args.join(' '), input);
      return put.length > 2 ? 1 : 0;
    };
    const world = { wrangler, wait: async () => undefined };
    expect(await putSecrets(draft, world)).toEqual([]);
    expect(put[0]).toBe('secret bulk');
    expect(JSON.parse(put[1] ?? '')).toEqual(SECRETS);
    expect(await putSecrets(draft, world)).toMatchObject([{ verdict: 'problem' }]);
  });

  it('proves both secrets by webhooks that make nobody, and waits for a Worker that learns them', async () => {
    const got: ApiRequest[] = [];
    const worker = await workerWith((request) => got.push(request));
    worker.script('401,503');
    const settings = await readSettings({ varsFile: '', environment: env, flags: [] });
    const out = openOutput({ isJson: false, values: settings.values });
    const draft = openDraft(sessionOf({ settings, out, varsFile: '.dev.vars' }));
    let waited = 0;
    const world = {
      wrangler: async () => 0,
      wait: async () => {
        waited += 1;
      },
    };
    const checks = await testThrough(draft, worker.url, world);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    expect(waited).toBe(2);
    expect(got.map(({ path: its }) => its).toSorted()).toEqual([
      '/webhooks/clerk',
      '/webhooks/stripe',
    ]);
    const result = readConfig({});
    if (!result.ok) throw new Error('no configuration');
    for (const { body } of got) {
      expect(explain(body, result.config)).toMatchObject({
        outcome: 'ignored',
        reasons: ['event_type_unmapped'],
      });
    }
  });
});

/** The relay as far as set-up asks it. */
async function workerWith(hear: (request: ApiRequest) => void): Promise<Emulated> {
  const worker = await emulate((request) => {
    if (request.path === '/healthz') return { status: 200, body: { status: 'ok' } };
    if (request.path.startsWith('/webhooks/')) {
      hear(request);
      return { status: 200, body: { outcome: 'ignored' } };
    }
    return { status: 200, body: { shards: [] } };
  });
  opened.push(worker);
  return worker;
}

describe('the questions', () => {
  it('are asked over streams, and what is typed is not shown', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    Object.assign(input, { isTTY: true, setRawMode: () => input });
    let shown = '';
    output.on('data', (chunk: Buffer) => {
      shown += chunk.toString();
    });
    const asked = terminalAsker({ input, output }).secret('A_KEY (Enter leaves it out)');
    input.write('not-to-be-shown');
    input.write('\r');
    expect(await asked).toBe('not-to-be-shown');
    expect(shown).toContain('A_KEY');
    expect(shown).not.toContain('not-to-be-shown');
  });
});

/** A Stripe whose restricted key may read nothing. */
async function forbidding(): Promise<Emulated> {
  const server = await emulate(() => ({ status: 403, body: { error: { message: 'no scope' } } }));
  opened.push(server);
  return server;
}
