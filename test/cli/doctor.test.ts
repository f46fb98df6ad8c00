// The doctor: each thing that can be wrong is found, named, and told what to do about; no secret is shown.

import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { clerkSecret } from '../../src/samples/sign-clerk.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { emulate, hasBearer, nowhere } from '../emulator/loopback.ts';
import type { Emulated } from '../emulator/loopback.ts';
import { startEmulator } from '../emulator/server.ts';
import { startStripeSetup } from '../emulator/stripe-setup.ts';
import type { StripeEndpointState } from '../emulator/stripe-setup.ts';
import { emulatorClient } from '../support/emulator.ts';
import { FOLDER, lifecycle, lifecycleJson } from './lifecycle.ts';

const SECRETS = {
  CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1234567890',
  CUSTOMERIO_APP_TOKEN: 'app-key-1234567890',
  CLERK_WEBHOOK_SIGNING_SECRET: clerkSecret(),
  STRIPE_WEBHOOK_SECRET: 'whsec_of0stripe0and0nobody0else0000',
  CLERK_SECRET_KEY: 'sk_test_clerk0000000000',
  STRIPE_SECRET_KEY: 'sk_test_stripe000000000',
  ADMIN_TOKEN: 'an-admin-token-of-24-characters',
};

let app: Awaited<ReturnType<typeof startAppApi>>;
let stripe: Awaited<ReturnType<typeof startStripeSetup>>;
let clerk: Emulated;
let worker: Emulated;
let pipelines: Awaited<ReturnType<typeof startEmulator>>;
let env: Record<string, string>;
let status: Record<string, unknown>;
/** What health says beside that it is well. */
let health: Record<string, unknown>;
/** How far the clock of the Worker is off; null where the server dates its own answers. */
let clockOffMs: number | null;

beforeAll(async () => {
  pipelines = await startEmulator({ token: SECRETS.CUSTOMERIO_TRACK_TOKEN });
  app = await startAppApi({ token: SECRETS.CUSTOMERIO_APP_TOKEN });
  stripe = await startStripeSetup({ key: SECRETS.STRIPE_SECRET_KEY });
  clerk = await emulate((request) =>
    hasBearer(request, SECRETS.CLERK_SECRET_KEY)
      ? { status: 200, body: [{ id: 'user_1' }] }
      : { status: 401, body: { errors: [{ code: 'clerk_key_invalid', message: 'invalid' }] } },
  );
  worker = await emulate((request) => {
    const headers: Record<string, string> = {};
    // Of the moment it answers: the command itself may take seconds to start.
    if (clockOffMs !== null) headers['date'] = new Date(Date.now() + clockOffMs).toUTCString();
    if (request.path === '/healthz') {
      return { status: 200, body: { status: 'ok', ...health }, headers };
    }
    if (!hasBearer(request, SECRETS.ADMIN_TOKEN)) {
      return { status: 401, body: { error: 'token_invalid' } };
    }
    return { status: 200, body: { shards: [{ name: 's0', ...status }] } };
  });
  env = {
    ...SECRETS,
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_URL: app.appUrl,
    CLERK_API_URL: clerk.url,
    STRIPE_API_URL: stripe.url,
  };
});
afterAll(async () => {
  for (const each of [pipelines, app, stripe, clerk, worker]) await each.close();
});
beforeEach(() => {
  status = {
    pending: 0,
    lagMs: 10,
    parked: 0,
    pause: null,
    waiting: 0,
    links: 9,
    waitingCustomers: 1,
  };
  clockOffMs = null;
  health = {};
  stripe.has({ endpoints: [endpoint(`${worker.url}/webhooks/stripe`)] });
});

function endpoint(url: string, more: Partial<StripeEndpointState> = {}): StripeEndpointState {
  const about = { id: 'we_1', url, status: 'enabled', livemode: false, api_version: null };
  return { ...about, enabled_events: STRIPE_EVENT_TYPES, ...more };
}

type Found = { name: string; verdict: string; finding: string; todo: string | null };

async function doctor(more: Record<string, string> = {}, args: string[] = []) {
  const all = { ...env, ...more };
  const { code, json } = await lifecycleJson(['doctor', '--worker', worker.url, ...args], {
    env: all,
  });
  const text = JSON.stringify(json);
  for (const [name, value] of Object.entries(all)) {
    if (/TOKEN|SECRET/.test(name) && value.length > 6) expect(text).not.toContain(value);
  }
  const checks = json['checks'] as Found[];
  const found = (name: string) => checks.find((check) => check.name === name);
  return { code, found, checks, bad: checks.filter(({ verdict }) => verdict !== 'ok') };
}

describe('doctor', () => {
  it('warns of what health warns of, and says what to do', async () => {
    health = { warnings: ['fanout_exceeded'] };
    const { found, checks } = await doctor();
    expect(checks.filter(({ name }) => name === 'health')).toMatchObject([
      { verdict: 'ok' },
      { verdict: 'warning', finding: expect.stringContaining('fanout_exceeded: An organization') },
    ]);
    expect(found('Worker')?.verdict).toBe('ok');
  });

  it('finds nothing where all is well, and reminds of what no API tells', async () => {
    const { code, out } = await lifecycle(['doctor', '--worker', worker.url], { env });
    expect(out).not.toMatch(/PROBLEM|warning {2}/);
    expect(out).toContain('Pipelines API: takes the key as token:');
    expect(out).toContain('Clerk API: takes the key, development instance');
    expect(out).toContain('test mode, API version 2025-12-15.clover');
    expect(out).toContain('links: 1 of 10 customers have no person (10 %)');
    expect(out).toContain('"Allow updates to email using ID" has to be on');
    expect(out).toContain('0 problems, 0 warnings.');
    expect(code).toBe(0);
    expect((await fetchState()).people).toEqual({});
  });

  it('tells a secret from its twins', async () => {
    const { code, found } = await doctor({
      CLERK_WEBHOOK_SIGNING_SECRET: SECRETS.STRIPE_WEBHOOK_SECRET,
      STRIPE_SECRET_KEY: 'sk_live_stripe000000000',
      CUSTOMERIO_APP_TOKEN: 'rk_live_0000000000000',
    });
    expect(code).toBe(1);
    expect(found('CLERK_WEBHOOK_SIGNING_SECRET')?.finding).toContain(
      'same value as STRIPE_WEBHOOK_SECRET',
    );
    expect(found('CUSTOMERIO_APP_TOKEN')?.finding).toContain('a key of Clerk or Stripe');
    expect(found('test and live')?.verdict).toBe('problem');
    expect(found('Stripe API')?.finding).toBe('Stripe refuses the key (401).');
  });

  it('says what it did not look at', async () => {
    const { STRIPE_SECRET_KEY: _stripe, CLERK_SECRET_KEY: _clerk, ...rest } = env;
    const { code, out } = await lifecycle(['doctor', '--worker', worker.url], { env: rest });
    expect(code).toBe(0);
    expect(out).toContain(
      'warning  STRIPE_SECRET_KEY: is not set: the Stripe endpoint was not checked, and most disputes wait',
    );
    expect(out).toContain("warning  CLERK_SECRET_KEY: is not set: Clerk's API was not checked");
  });

  it('knows the secrets of Svix and of alerts, and the other name of Clerk', async () => {
    const right = {
      CLERK_WEBHOOK_SECRET: SECRETS.CLERK_WEBHOOK_SIGNING_SECRET,
      STRIPE_SVIX_SIGNING_SECRET: clerkSecret(),
      ALERT_WEBHOOK_URL: 'https://hooks.example.test/T000/B000/not-to-be-shown',
    };
    const wrong = {
      CLERK_WEBHOOK_SECRET: 'sk_test_misplaced000',
      STRIPE_SVIX_SIGNING_SECRET: 'whsec_cut0off',
      ALERT_WEBHOOK_URL: 'http://hooks.example.test/not-to-be-shown',
    };
    const [good, bad] = [await doctor(right), await doctor(wrong)];
    expect(good.bad).toEqual([]);
    expect(bad.found('CLERK_WEBHOOK_SECRET')?.finding).toBe('does not begin with whsec_');
    expect(bad.found('STRIPE_SVIX_SIGNING_SECRET')?.verdict).toBe('problem');
    expect(bad.found('ALERT_WEBHOOK_URL')?.verdict).toBe('warning');
    const checks = Object.keys(right).map((name) =>
      lifecycle(['doctor', 'check-connector', '--env-name', name], { env: { ...env, ...right } }),
    );
    for (const { code, out } of await Promise.all(checks)) {
      expect(out).toContain('is set and looks right');
      expect(out).not.toContain('not-to-be-shown');
      expect(code).toBe(0);
    }
  });

  it('says which of site_id:token and token: works', async () => {
    const siteId = '0123456789abcdef0123';
    const { found } = await doctor({ CUSTOMERIO_SITE_ID: siteId });
    expect(found('Pipelines API')).toMatchObject({
      verdict: 'problem',
      finding: 'takes the key as token:, but refuses it as site_id:token',
      todo: 'Remove CUSTOMERIO_SITE_ID.',
    });
    const older = await startEmulator({ token: SECRETS.CUSTOMERIO_TRACK_TOKEN, siteId });
    const both = { CUSTOMERIO_SITE_ID: siteId, CUSTOMERIO_PIPELINES_URL: `${older.url}/v1` };
    const withSite = await doctor(both);
    await older.close();
    expect(withSite.found('Pipelines API')?.finding).toContain('takes the key as site_id:token');
  });

  it('takes only a 400 for a yes, and asks again after a 429 and a 503', async () => {
    const check = ['doctor', 'check-connector', '--env-name', 'CUSTOMERIO_TRACK_TOKEN'];
    for (const unclear of [200, 302, 404, 422]) {
      const other = await emulate(() => ({ status: unclear, body: {} }));
      const { code, out } = await lifecycle(check, {
        env: { ...env, CUSTOMERIO_PIPELINES_URL: `${other.url}/v1` },
      });
      await other.close();
      expect(code).toBe(1);
      expect(out).toContain(`PROBLEM  Pipelines API: answers ${unclear}, which does not say`);
    }
    await emulatorClient(pipelines.url).script('429 Retry-After 1,503');
    const { code, err, out } = await lifecycle(check, { env });
    expect(err).toContain('rate_limited: trying again in');
    expect(out).toContain('Pipelines API: takes the key as token:');
    expect(code).toBe(0);
  });

  it('finds a region that was swapped, for both APIs', async () => {
    const hosts = {
      'cdp-eu.customer.io': pipelines.url,
      'api-eu.customer.io': app.url,
      'cdp.customer.io': 'http://127.0.0.1:1',
    };
    const us = await startEmulator({ token: 'of somebody else' });
    const usApp = await startAppApi({ token: 'of somebody else' });
    const swapped = { 'cdp.customer.io': us.url, 'api.customer.io': usApp.url };
    const about = {
      CUSTOMERIO_TRACK_TOKEN: SECRETS.CUSTOMERIO_TRACK_TOKEN,
      CUSTOMERIO_APP_TOKEN: SECRETS.CUSTOMERIO_APP_TOKEN,
      HOSTS: JSON.stringify({ ...hosts, ...swapped }),
    };
    const imports = [path.join(import.meta.dirname, 'other-hosts.ts')];
    const wrong = await lifecycle(['doctor'], { env: about, imports });
    const right = { ...about, CUSTOMERIO_REGION: 'eu' };
    const fixed = await lifecycle(['doctor'], { env: right, imports });
    await us.close();
    await usApp.close();
    expect(wrong.out).toContain(
      'region: the key belongs to the region eu, and CUSTOMERIO_REGION is us',
    );
    expect(wrong.out).toContain('App API region: the App key belongs to the other region');
    expect(fixed.out).toContain('takes the key as token:, region eu');
  });

  it('names the events a Stripe endpoint does not send', async () => {
    const events = STRIPE_EVENT_TYPES.filter((type) => type !== 'invoice.paid');
    stripe.has({
      endpoints: [endpoint(`${worker.url}/webhooks/stripe`, { enabled_events: events })],
    });
    const { code, found } = await doctor();
    expect(code).toBe(1);
    expect(found('Stripe endpoint')?.finding).toBe('we_1 does not send: invoice.paid');
  });

  it('finds a thin destination, a disabled endpoint and none at all', async () => {
    const url = `${worker.url}/webhooks/stripe`;
    const thin = { id: 'ed_1', event_payload: 'thin', webhook_endpoint: { url } };
    stripe.has({ endpoints: [endpoint(url, { status: 'disabled' })], destinations: [thin] });
    const first = await doctor();
    expect(first.found('Stripe payloads')?.finding).toContain('ed_1 sends thin payloads');
    expect(first.found('Stripe endpoint')?.finding).toBe('we_1 is disabled');
    stripe.has({ endpoints: [endpoint('https://elsewhere.example.test/webhooks/stripe')] });
    const second = await doctor();
    expect(second.found('Stripe endpoint')?.finding).toContain('none points at');
  });

  it('sees a clock that is off, what is parked, a lag and customers nobody knows', async () => {
    clockOffMs = -200_000;
    status = { ...status, parked: 3, lagMs: 120_000, waitingCustomers: 9 };
    const { code, found } = await doctor();
    expect(code).toBe(1);
    expect(found('clock')?.finding).toMatch(/differ by (199|2\d\d) s/);
    expect(found('parked')).toMatchObject({ verdict: 'warning', finding: '3 messages or events' });
    expect(found('lag')).toMatchObject({ verdict: 'problem' });
    expect(found('links')).toMatchObject({ verdict: 'warning' });
  });

  it('says that an ADMIN_TOKEN is another one, and that there is no Worker', async () => {
    const other = await doctor({ ADMIN_TOKEN: 'another-token-of-24-characters' });
    expect(other.found('admin API')?.finding).toBe('refuses ADMIN_TOKEN');
    const url = await nowhere();
    const { out } = await lifecycle(['doctor', '--worker', url], { env });
    expect(out).toContain(`PROBLEM  Worker: ${url} cannot be reached (ECONNREFUSED)`);
  });

  it('says what a switch trusts that takes strangers at their word', async () => {
    const off = { EMAIL_LOOKUP: 'false', CLIENT_REFERENCE: 'confirm', UNVERIFIED_EMAIL: '' };
    const { out: without } = await lifecycle(['doctor'], { env: off });
    expect(without).not.toContain('trusts whoever');
    const on = { EMAIL_LOOKUP: 'true', CLIENT_REFERENCE: 'trust', UNVERIFIED_EMAIL: 'true' };
    const { out } = await lifecycle(['doctor'], { env: on });
    expect(out).toContain('EMAIL_LOOKUP: is true: trusts whoever typed the email at Stripe');
    expect(out).toContain('CLIENT_REFERENCE: is trust: trusts whoever edits');
    expect(out).toContain('UNVERIFIED_EMAIL: is true: trusts whoever signs up');
  });

  it('names what is wrong in the configuration, and reads wrangler.toml and .dev.vars', async () => {
    writeFileSync(path.join(FOLDER, '.dev.vars'), 'CLERK_SECRET_KEY=pk_test_of_the_file\n');
    writeFileSync(
      path.join(FOLDER, 'wrangler.toml'),
      'name = "x"\nmain = "x.ts"\ncompatibility_date = "2026-10-30"\n[vars]\nCUSTOMERIO_REGION = "mars"\n',
    );
    const { code, out } = await lifecycle(['doctor']);
    rmSync(path.join(FOLDER, '.dev.vars'));
    rmSync(path.join(FOLDER, 'wrangler.toml'));
    expect(code).toBe(1);
    expect(out).toContain('configuration: CUSTOMERIO_REGION: expected "us" or "eu"');
    expect(out).toContain('CLERK_SECRET_KEY: is the publishable key');
    expect(out).not.toContain('pk_test_of_the_file');
  });
});

describe('doctor check-connector', () => {
  it('checks one credential by its name', async () => {
    const args = ['doctor', 'check-connector', '--env-name', 'CUSTOMERIO_TRACK_TOKEN'];
    const good = await lifecycle(args, { env });
    expect(good).toMatchObject({ code: 0 });
    expect(good.out).toContain('Pipelines API: takes the key');
    const bad = await lifecycle(args, { env: { ...env, CUSTOMERIO_TRACK_TOKEN: 'wrong-key-00' } });
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('refuses the key as token: (401)');
  });

  it('checks one endpoint: reachable, TLS, authenticated', async () => {
    const url = `${pipelines.url}/v1/identify`;
    const args = ['doctor', 'check-connector', '--url', url, '--method', 'POST'];
    const good = await lifecycle(args, { env });
    expect(good.code).toBe(0);
    expect(good.out).toContain('takes CUSTOMERIO_TRACK_TOKEN; it refused the empty body');
    const bad = await lifecycle(args, { env: { ...env, CUSTOMERIO_TRACK_TOKEN: 'wrong-key-00' } });
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('refuses CUSTOMERIO_TRACK_TOKEN (401)');
  });

  it('sends no key to an address it does not belong to', async () => {
    const other = await emulate(() => ({ status: 401, body: {} }));
    const args = ['doctor', 'check-connector', '--url', `${other.url}/v1/identify`];
    const { out } = await lifecycle(args, { env });
    expect(other.requests[0]?.headers['authorization']).toBeUndefined();
    await other.close();
    expect(out).toContain('none of ours belongs to this address');
  });

  it('tries nothing that could change something', async () => {
    const args = ['doctor', 'check-connector', '--url', app.appUrl, '--method', 'DELETE'];
    expect(await lifecycle(args, { env })).toMatchObject({ code: 2 });
  });
});

describe('plans', () => {
  it('prints every recurring price under its name, over all pages', async () => {
    const price = (id: string, more = {}) => ({
      id,
      nickname: null,
      currency: 'usd',
      unit_amount: 4900,
      recurring: { interval: 'month', interval_count: 1 },
      product: { id: 'prod_1', name: 'Pro "plus"' },
      ...more,
    });
    const many = Array.from({ length: 101 }, (_, index) => price(`price_${index}`));
    stripe.has({
      prices: [
        ...many,
        price('price_once', { recurring: null }),
        price('price_y', { nickname: 'Pro yearly' }),
      ],
    });
    const { code, out } = await lifecycle(['plans'], { env });
    expect(code).toBe(0);
    expect(out).toContain('[vars.PLANS]\nprice_0 = "Pro \\"plus\\"" # 49.00 USD a month');
    expect(out).toContain('price_y = "Pro yearly"');
    expect(out).not.toContain('price_once');
    const { json } = await lifecycleJson(['plans'], { env });
    expect(Object.keys(json['plans'] as object)).toHaveLength(102);
  });
});

async function fetchState() {
  const response = await fetch(`${pipelines.url}/_emulator/state`, { method: 'POST' });
  return (await response.json()) as { people: unknown };
}
