// A key never leaves over plain http, whichever client would send it, and a password in an address is never printed.
// The other host is a name that is routed to loopback: what reached it is counted.

import path from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { isLocal, needSafe } from '../../src/cli/terminal/address.ts';
import { pacedNet } from '../../src/cli/terminal/http.ts';
import { redactor } from '../../src/cli/terminal/redactor.ts';
import { emulate } from '../emulator/loopback.ts';
import type { Emulated } from '../emulator/loopback.ts';
import { lifecycle } from './lifecycle.ts';

const OTHER = 'http://relay.example.test';
const ROUTED = [path.resolve(import.meta.dirname, 'other-hosts.ts')];

let host: Emulated;
let env: Record<string, string>;

beforeAll(async () => {
  host = await emulate(() => ({ status: 200, body: { status: 'ok' } }));
  env = {
    HOSTS: JSON.stringify({ 'relay.example.test': host.url }),
    ADMIN_TOKEN: 'an-admin-token-of-24-characters',
    CUSTOMERIO_APP_TOKEN: 'app-key-1',
    CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1',
    STRIPE_SECRET_KEY: 'sk_test_1',
    CLERK_SECRET_KEY: 'sk_test_2',
  };
});
beforeEach(() => host.forget());
afterAll(() => host.close());

const MAIL = 'email send --transactional-message-id 1 --to a@b.test --identifier id=1';

const CLIENTS: readonly (readonly [string, string])[] = [
  [`status --worker ${OTHER}`, 'RELAY_URL'],
  ['parked discard s0-1 --yes', 'RELAY_URL'],
  ['identify --user-id user_1', 'CUSTOMERIO_PIPELINES_URL'],
  ['track --user-id user_1 --event signed_up', 'CUSTOMERIO_PIPELINES_URL'],
  ['people show user_1', 'CUSTOMERIO_APP_URL'],
  [MAIL, 'CUSTOMERIO_APP_URL'],
  ['plans', 'STRIPE_API_URL'],
  ['doctor check-connector --env-name CUSTOMERIO_TRACK_TOKEN', 'CUSTOMERIO_PIPELINES_URL'],
  ['doctor check-connector --env-name CUSTOMERIO_APP_TOKEN', 'CUSTOMERIO_APP_URL'],
  ['doctor check-connector --env-name STRIPE_SECRET_KEY', 'STRIPE_API_URL'],
  ['doctor check-connector --env-name CLERK_SECRET_KEY', 'CLERK_API_URL'],
  [`doctor check-connector --url ${OTHER}/v1/x --method POST`, 'CUSTOMERIO_PIPELINES_URL'],
  [`doctor check-connector --url ${OTHER}/v1/x`, 'CLERK_API_URL'],
];

/** Pipelines and the App API have a path of their own. */
const addressOf = (name: string) => (name.startsWith('CUSTOMERIO') ? `${OTHER}/v1` : OTHER);

describe('a key over plain http to another host', () => {
  it.each(CLIENTS)('is not sent by %s, and it says what to do', async (args, name) => {
    const vars = { ...env, [name]: addressOf(name) };
    const { code, err } = await lifecycle(args.split(' '), { env: vars, imports: ROUTED });
    expect(host.requests).toEqual([]);
    expect(err).toContain('https');
    expect(code).toBe(2);
  });

  it('is not sent by the doctor, which goes on looking at the others', async () => {
    const vars = { ...env, RELAY_URL: OTHER };
    const { code, out } = await lifecycle(['doctor'], { env: vars, imports: ROUTED });
    expect(host.requests.map(({ path: asked }) => asked)).toEqual(['/healthz']);
    expect(host.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(out).toContain('admin API: ADMIN_TOKEN was not sent: plain http to relay.example.test');
    expect(out).toContain('ok       Worker: is there and well');
    expect(code).toBe(1);
  });

  it('is not sent by set-up, which still writes what it knows', async () => {
    const vars = { ...env, STRIPE_API_URL: OTHER, CLERK_API_URL: OTHER };
    await lifecycle(['setup', '--no-input', '--vars-file', 'plain'], {
      env: vars,
      imports: ROUTED,
    });
    expect(host.requests).toEqual([]);
  });

  it('is not sent by a client that forgot to ask', async () => {
    const init = { headers: { Authorization: 'Bearer key' } };
    await expect(pacedNet(10).fetch(`${OTHER}/`, init)).rejects.toThrow('plain http');
  });

  it('goes to this machine, and over https to any', () => {
    const fine = [
      'http://localhost:8787',
      'http://127.0.0.1',
      'http://127.1.2.3:1',
      'http://[::1]:1',
    ];
    for (const url of [...fine, 'https://relay.example.test']) needSafe(url, 'ADMIN_TOKEN');
    expect(fine.map(isLocal)).toEqual([true, true, true, true]);
    const others = [
      'http://localhost.example.test',
      'http://127.0.0.1.example.test',
      'http://10.0.0.1',
      'http://0.0.0.0',
      'http://[::ffff:127.0.0.1]',
      'http://localhost@example.test',
    ];
    for (const url of others) expect(() => needSafe(url, 'ADMIN_TOKEN')).toThrow(/ADMIN_TOKEN/);
  });
});

describe('a password in an address', () => {
  it.each([
    ['status', 'RELAY_URL'],
    ['identify --user-id user_1', 'CUSTOMERIO_PIPELINES_URL'],
    ['segments list', 'CUSTOMERIO_APP_URL'],
    ['plans', 'STRIPE_API_URL'],
    ['doctor', 'CLERK_API_URL'],
    ['doctor check-connector --env-name CLERK_SECRET_KEY', 'CLERK_API_URL'],
    ['doctor check-connector --url https://ada:pw-1@x.test/', 'ADMIN_TOKEN'],
    ['doctor check-connector --url https://ada:pw-1@x.test:port/', 'ADMIN_TOKEN'],
    ['send clerk user.created --to https://ada:pw-1@x.test', 'ADMIN_TOKEN'],
  ])('is not printed by %s', async (args, name) => {
    const url =
      name === 'ADMIN_TOKEN' ? {} : { [name]: `http://ada:pw-1@${new URL(host.url).host}` };
    const vars = { ...env, ...url };
    const { code, out, err } = await lifecycle(args.split(' '), { env: vars });
    expect(`${out}${err}`).not.toContain('pw-1');
    expect(code).toBeGreaterThan(0);
    expect(host.requests).toEqual([]);
  });

  it('is blotted out by whatever way it got into a text, also a short one and an escaped one', () => {
    const redact = redactor({
      CLERK_API_URL: 'https://a:b@clerk.test',
      STRIPE_API_URL: 'https://ada:p%C3%A4ss w@stripe.test/v1',
    });
    expect(redact('at https://a:b@clerk.test/v1')).toBe('at https://[secret]clerk.test/v1');
    expect(redact('at https://ada:p%C3%A4ss w@stripe.test/v1')).not.toContain('ss w');
    expect(redact('at https://ada:p%C3%A4ss%20w@stripe.test/v1')).not.toContain('ss%20w');
  });

  it('and a secret is blotted out in JSON and in a line as it is escaped there', () => {
    const secret = 'a "secret"\n\u009b';
    const redact = redactor({ ADMIN_TOKEN: secret });
    const shown = String.raw`a "secret"\u000a\u009b`;
    expect(redact(shown)).toBe('[secret]');
    expect(redact(String.raw`{"x": "a \"secret\"\n\u009b"}`)).toBe('{"x": "[secret]"}');
  });
});

describe('a secret on the command line', () => {
  it('works, with a note that shells remember it; a setting needs none', async () => {
    const { code, err } = await lifecycle(
      ['segments', 'list', '--var', 'CUSTOMERIO_APP_TOKEN=typed-key'],
      {
        env: { ...env, CUSTOMERIO_APP_URL: `${host.url}/v1` },
      },
    );
    expect(err).toContain('CUSTOMERIO_APP_TOKEN stands on the command line: shells remember it');
    expect(err).not.toContain('typed-key');
    expect(host.requests[0]?.headers['authorization']).toBe('Bearer typed-key');
    expect(code).toBe(1);
    const other = await lifecycle(['explain', '-', '--var', 'CUSTOMERIO_REGION=eu'], {
      env,
      input: '{}',
    });
    expect(other.err).toBe('');
  });

  it('is in no help text', async () => {
    for (const args of [['setup'], ['doctor'], ['doctor', 'check-connector'], []]) {
      const { out } = await lifecycle([...args, '--help']);
      expect(out).not.toMatch(/(TOKEN|SECRET|KEY)=\S/);
    }
  });
});
