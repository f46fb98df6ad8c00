// The operator at a running relay: the real Worker, Customer.io emulated, and every command a process of its own.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import parsePrometheus from 'parse-prometheus-text-format';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { CLERK_EVENT_TYPES } from '../../src/intake/clerk/events.ts';
import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { emulate } from '../emulator/loopback.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import {
  ADMIN_TOKEN,
  CLERK_SECRET,
  delivered,
  startRelay,
  STRIPE_SECRET,
} from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { BINARY, FOLDER, lifecycle, lifecycleJson } from './lifecycle.ts';

let pipelines: Awaited<ReturnType<typeof startEmulator>>;
let app: Awaited<ReturnType<typeof startAppApi>>;
let emulator: EmulatorClient;
let relay: Relay;
let env: Record<string, string>;

beforeAll(async () => {
  pipelines = await startEmulator({ token: 'pipelines-key-1' });
  app = await startAppApi({ token: 'app-key-1' });
  emulator = emulatorClient(pipelines.url);
  const vars = {
    CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_TOKEN: 'app-key-1',
    CUSTOMERIO_APP_URL: app.appUrl,
    ADMIN_TOKEN,
    EMAILS: '{"user_created":"welcome"}',
    SHARDS: '2',
    LINGER_MS: '20',
  };
  relay = await startRelay(vars);
  env = {
    ...vars,
    CLERK_WEBHOOK_SIGNING_SECRET: CLERK_SECRET,
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    RELAY_URL: relay.url,
  };
});
afterAll(async () => {
  await relay.close();
  await app.close();
  await pipelines.close();
});

/** Landed, and known to have by the Worker. */
async function hasLanded(name: string): Promise<boolean> {
  const isThere = async () => (await emulator.state()).events.some(({ event }) => event === name);
  return (await until(isThere)) && delivered(relay);
}

describe('send', () => {
  it('signs a sample of every mapped type, and the Worker takes each', async () => {
    const types = [
      ...CLERK_EVENT_TYPES.map((type) => ['clerk', type] as const),
      ...STRIPE_EVENT_TYPES.map((type) => ['stripe', type] as const),
    ];
    const one = await lifecycle(['send', 'clerk', 'user.created', '--user-id', 'user_ada'], {
      env,
    });
    expect(one.code).toBe(0);
    expect(one.out).toMatch(/^user\.created: accepted \(msg_\w+, user_ada\)\n/);
    expect(one.out).toContain(`lifecycle person user_ada --worker ${relay.url}`);
    expect(await hasLanded('user_created')).toBe(true);
    const { sample } = await import('../../src/samples/sample.ts');
    const about = { userId: 'user_x', customerId: 'cus_x', now: 1_790_000_000 };
    const without = types.filter(([provider, type]) => sample(provider, type, about) === null);
    expect(without).toEqual([]);
  });

  it('makes the Worker mail what a rule says, once its track has landed', async () => {
    await until(() => app.mails.length > 0);
    expect(app.mails).toMatchObject([
      {
        transactional_message_id: 'welcome',
        to: 'ada@example.test',
        identifiers: { id: 'user_ada' },
        send_to_unsubscribed: false,
      },
    ]);
  });

  it('tells the whole story', async () => {
    const { code, out } = await lifecycle(['send', '--story'], { env });
    expect(out).not.toMatch(/: (ignored|parked|4|5)/);
    // A step comes once nothing of the one before waits: so it is never `waiting` by chance.
    expect(out).toContain('customer.subscription.deleted: accepted');
    expect(out).toContain('customer.subscription.created: waiting');
    expect(code).toBe(0);
    expect(await hasLanded('User Deleted')).toBe(true);
  });

  it('names the types it knows, and what to do where nothing answers', async () => {
    const unknown = await lifecycle(['send', 'stripe', 'invoice.created'], { env });
    expect(unknown.code).toBe(2);
    expect(unknown.err).toContain('It reads customer.subscription.created,');
    const nowhere = ['send', 'clerk', 'user.created', '--to', 'http://localhost:1'];
    const { code, err } = await lifecycle(nowhere, { env });
    expect(code).toBe(1);
    expect(err).toContain('No relay answers at http://localhost:1.');
  });

  it('sends no invented people to a deployed Worker, nor through one that forwards for real', async () => {
    const deployed = ['send', 'clerk', 'user.created', '--to', 'https://relay.example.test'];
    const first = await lifecycle(deployed, { env });
    expect(first.code).toBe(2);
    expect(first.err).toContain('--yes-send-invented-people');
    const { CUSTOMERIO_PIPELINES_URL: _url, ...real } = env;
    const second = await lifecycle(['send', 'clerk', 'user.created'], { env: real });
    expect(second.code).toBe(2);
    expect(second.err).toContain('may forward to your real Customer.io workspace');
  });

  it('takes no person for the story, which makes up its own', async () => {
    const { code, err } = await lifecycle(['send', '--story', '--user-id', 'user_ada'], { env });
    expect(code).toBe(2);
    expect(err).toContain('--story makes up its own person');
  });

  it('says that a signature was refused', async () => {
    const other = { ...env, STRIPE_WEBHOOK_SECRET: 'whsec_of_another_endpoint' };
    const { code, out } = await lifecycle(['send', 'stripe', 'customer.created'], { env: other });
    expect(code).toBe(1);
    expect(out).toContain('customer.created: 401 signature_invalid');
    expect(out).toContain('Compare the signing secret');
  });
});

describe('the admin API', () => {
  it('shows one person, and says of others that nobody knows them', async () => {
    const { code, out } = await lifecycle(['person', 'user_ada'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/email +ada@example\.test/);
    expect(out).toMatch(/^when +message +landed$/m);
    expect(out).toMatch(/^\d{4}-\d\d-\d\dT\S+Z +identify +yes$/m);
    expect(out).toMatch(/^\d{4}-\d\d-\d\dT\S+Z +user_created +yes$/m);
    const nobody = await lifecycle(['person', 'user_nobody'], { env });
    expect(nobody.code).toBe(1);
    expect(nobody.err).toContain('has never heard of user_nobody');
  });

  it('lists who waits, and releases them by a link', async () => {
    const sent = [
      [
        'send',
        'stripe',
        'payment_method.attached',
        '--customer-id',
        'cus_eve',
        '--user-id',
        'nobody',
      ],
    ];
    for (const args of sent) await lifecycle(args, { env });
    const waiting = await lifecycle(['waiting', 'list'], { env });
    expect(waiting.out).toContain('cus_eve');
    const link = await lifecycle(['link', 'cus_eve', 'user_eve'], { env });
    expect(link).toMatchObject({ code: 0 });
    expect(link.out).toContain('What waited for it is on its way.');
    const isLanded = async () =>
      (await emulator.state()).events.some(({ userId }) => userId === 'user_eve');
    expect(await until(isLanded)).toBe(true);
    const forgotten = await lifecycle(['link', 'cus_eve', '--forget'], { env });
    expect(forgotten.out).toContain("is nobody's now");
    expect(await lifecycle(['link', 'cus_eve', '--forget'], { env })).toMatchObject({ code: 1 });
    expect(await lifecycle(['link', 'cus_eve', 'eve'], { env })).toMatchObject({ code: 2 });
  });

  it('advises no link where a charge waits', async () => {
    const row = { waitsFor: 'ch_1', events: 1, since: '2026-11-24T00:00:00.000Z' };
    const other = await emulate(() => ({ status: 200, body: { waiting: [row] } }));
    const { out } = await lifecycle(['waiting', 'list', '--worker', other.url], { env });
    await other.close();
    expect(out).toContain('ch_1');
    expect(out).not.toContain('lifecycle link');
  });

  it('says where an id is almost right, and what to do', async () => {
    const [why, detail] = ['id_almost_right', 'metadata.clerkUserId: blanks'];
    const row = { waitsFor: 'cus_1', events: 1, since: '2026-11-24T00:00:00.000Z', why, detail };
    const other = await emulate(() => ({ status: 200, body: { waiting: [row] } }));
    const { out } = await lifecycle(['waiting', 'list', '--worker', other.url], { env });
    await other.close();
    expect(out).toContain(`${why} (${detail})`);
    expect(out).toContain('almost one');
    expect(out).toContain('Link one by hand');
  });

  it('lists what is parked, replays it and discards it', async () => {
    await emulator.script('400');
    await lifecycle(['send', 'clerk', 'session.created', '--user-id', 'user_eve'], { env });
    const list = async () => {
      const { json } = await lifecycleJson(['parked', 'list'], { env });
      return json['parked'] as { id: string; reason: string; about: string }[];
    };
    expect(await until(async () => (await list()).length === 1)).toBe(true);
    const [thing] = await list();
    expect(thing).toMatchObject({ reason: 'request_invalid', about: 'user_signed_in' });
    const id = thing?.id ?? '';
    const shown = await lifecycle(['parked', 'show', id], { env });
    expect(shown.out).toContain('request_invalid: Customer.io refuses this message.');
    expect(shown.out).toContain('"event": "user_signed_in"');
    const nothing = await lifecycle(['parked', 'discard', 's0-999'], { env });
    expect(nothing).toMatchObject({ code: 1 });
    expect(nothing.err).toContain('Nothing is parked under s0-999.');
    const unasked = await lifecycle(['parked', 'discard', id], { env });
    expect(unasked).toMatchObject({ code: 2 });
    expect((await lifecycle(['parked', 'replay', id], { env })).out).toContain('back in the flow');
    expect(await hasLanded('user_signed_in')).toBe(true);
    expect(await list()).toEqual([]);
    const gone = await lifecycle(['parked', 'discard', id, '--yes'], { env });
    expect(gone.code).toBe(1);
    expect(gone.err).toContain(`Nothing is parked under ${id}.`);
    expect((await lifecycle(['parked', 'replay', '--all'], { env })).out).toBe(
      'Nothing is parked.\n',
    );
  });

  it('says of a 404 that is not about what was asked for that no relay is there', async () => {
    const doors = [
      { status: 404, body: { error: 'not_found' } },
      { status: 404, body: '<h1>Not Found</h1>' },
    ];
    const commands = [
      ['status'],
      ['waiting', 'list'],
      ['parked', 'list'],
      ['parked', 'discard', 's0-1', '--yes'],
      ['link', 'cus_eve', '--forget'],
      ['person', 'user_eve'],
    ];
    for (const door of doors) {
      const other = await emulate(() => door);
      const ran = await Promise.all(
        commands.map((args) => lifecycle([...args, '--worker', other.url], { env })),
      );
      await other.close();
      for (const { code, err } of ran) {
        expect(err).toContain('This Worker has no ADMIN_TOKEN, or is not the relay');
        expect(code).toBe(1);
      }
    }
  });

  it('shows how far each shard is', async () => {
    expect(await delivered(relay)).toBe(true);
    const { code, json } = await lifecycleJson(['status'], { env });
    expect(code).toBe(0);
    expect(json['shards']).toMatchObject([
      { name: 's0', pending: 0, pause: null },
      { name: 's1', pending: 0, pause: null },
    ]);
    const wrong = { ...env, ADMIN_TOKEN: 'another-token-of-24-characters' };
    const refused = await lifecycle(['status'], { env: wrong });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('The Worker refuses the key (401).');
  });

  it('is followed: the newest webhooks of all shards, one line each', async () => {
    await lifecycle(['send', 'clerk', 'user.created'], { env });
    expect(await delivered(relay)).toBe(true);
    const { code, out } = await lifecycle(['tail', '--once', '--lines', '200'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(
      /^\d\d:\d\d:\d\d clerk user\.created accepted → identify, user_created \d+ ms$/m,
    );
    const json = await lifecycle(['tail', '--once', '--lines', '1', '--json'], { env });
    expect(JSON.parse(json.out)).toMatchObject({ provider: 'clerk', outcome: 'accepted' });
  });

  it('lets the operator in with the token npm start has saved, on this machine only', async () => {
    const { ADMIN_TOKEN: _token, ...without } = env;
    const folder = path.join(FOLDER, 'started');
    const options = { env: without, cwd: folder };
    mkdirSync(path.join(folder, '.wrangler/start'), { recursive: true });
    expect((await lifecycle(['status'], options)).err).toContain('ADMIN_TOKEN is not set.');
    writeFileSync(
      path.join(folder, '.wrangler/start/secrets.json'),
      JSON.stringify({ clerk: CLERK_SECRET, stripe: STRIPE_SECRET, admin: ADMIN_TOKEN }),
    );
    expect(await lifecycle(['status'], options)).toMatchObject({ code: 0 });
    const deployed = ['status', '--worker', 'https://relay.example.test'];
    expect((await lifecycle(deployed, options)).err).toContain('ADMIN_TOKEN is not set.');
  });

  it('gives metrics that a Prometheus parser reads, to the operator only', async () => {
    const url = `${relay.url}/metrics`;
    expect(await delivered(relay)).toBe(true);
    expect((await fetch(url)).status).toBe(401);
    const response = await fetch(url, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    expect(response.headers.get('content-type')).toContain('application/openmetrics-text');
    const text = await response.text();
    expect(text).toMatch(/# EOF\n$/);
    const families = parsePrometheus(text);
    const sum = (name: string, labels: Record<string, string>) =>
      (families.find((family) => family.name === name)?.metrics ?? [])
        .filter((sample) =>
          Object.entries(labels).every(([key, value]) => sample.labels?.[key] === value),
        )
        .reduce((total, { value }) => total + Number(value), 0);
    const { events } = await emulator.state();
    const created = events.filter(({ event }) => event === 'user_created').length;
    expect(sum('lifecycle_relay_messages_landed_total', { message: 'user_created' })).toBe(created);
    expect(
      sum('lifecycle_relay_events_total', { provider: 'clerk', outcome: 'accepted' }),
    ).toBeGreaterThan(1);
    expect(sum('lifecycle_relay_events_total', { provider: 'stripe' })).toBeGreaterThan(5);
    expect(sum('lifecycle_relay_mails_total', { outcome: 'sent' })).toBe(app.mails.length);
    expect(sum('lifecycle_relay_rows_written_total', {})).toBeGreaterThan(10);
    expect(text).not.toContain('object="links"');
    expect(families.find(({ name }) => name === 'lifecycle_relay_lag_seconds')?.type).toBe('GAUGE');
    expect(text).toContain('# TYPE lifecycle_relay_lag_seconds gauge');
    expect(text).not.toContain('@');
  });

  it('satisfies the doctor, up to what was not given', async () => {
    const { out } = await lifecycle(['doctor'], { env });
    expect(out).toContain('ok       health: nothing is missing or failing');
    expect(out).toContain('ok       parked: nothing');
  });
});

describe('lifecycle', () => {
  it('fits its help on a screen, with an example under every command', async () => {
    const { out, code } = await lifecycle(['--help']);
    expect(code).toBe(0);
    expect(out.split('\n').length).toBeLessThanOrEqual(34);
    const [, list = ''] = out.split('Commands:\n');
    const names =
      list
        .split('\n\n')[0]
        ?.split('\n')
        .map((line) => line.trim().split(' ')[0] ?? '') ?? [];
    expect(names.length).toBeLessThanOrEqual(24);
    const helps = await Promise.all(names.map((name) => lifecycle([name, '--help'])));
    const without = names.filter((_, index) => !helps[index]?.out.includes('\nExample'));
    expect(without).toEqual([]);
  });

  it('takes a wrong word for wrong usage, and repeats no secret', async () => {
    const wrong = await lifecycle(['serve'], { env });
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("Unknown command 'serve'");
    const secret = await lifecycle(['--var', 'sk_live_not_to_be_shown', 'status'], { env });
    expect(secret.code).toBe(2);
    expect(secret.err + secret.out).not.toContain('sk_live_not_to_be_shown');
  });

  it('ends without a word when its reader has read enough', async () => {
    const child = spawn(process.execPath, [BINARY, '--help']);
    child.stdout.destroy();
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const code = await new Promise((resolve) => {
      child.once('close', resolve);
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  it('reads another file of secrets, which may stand behind the command', async () => {
    const file = path.join(FOLDER, 'other.vars');
    writeFileSync(file, 'CUSTOMERIO_REGION=mars\n');
    const { code, err } = await lifecycle(['segments', 'list', '--vars-file', file]);
    expect(code).toBe(2);
    expect(err).toContain('CUSTOMERIO_REGION: expected "us" or "eu"');
  });

  it('explains a payload without sending it', async () => {
    const file = path.join(FOLDER, 'payload.json');
    const { stripeSample } = await import('../../src/samples/events.ts');
    writeFileSync(file, JSON.stringify(stripeSample('customer.subscription.created')));
    const { code, out } = await lifecycle(['explain', file], { env });
    expect(code).toBe(0);
    expect(out).toContain('trial_started');
    const none = await lifecycle(['explain', '-'], { env, input: 'no JSON' });
    expect(none.code).toBe(1);
    expect(readFileSync(file, 'utf8')).toContain('subscription');
  });

  it('explains every payload of a folder with one command, and throws at none', async () => {
    const folder = path.join(FOLDER, 'payloads');
    mkdirSync(folder, { recursive: true });
    const { CLERK_SAMPLE_TYPES, clerkSample, STRIPE_SAMPLE_TYPES, stripeSample } =
      await import('../../src/samples/events.ts');
    const samples = [
      ...CLERK_SAMPLE_TYPES.map(clerkSample),
      ...STRIPE_SAMPLE_TYPES.map((type) => stripeSample(type)),
      // Bare objects of Stripe's API, and what nothing maps.
      subscription(),
      { ...stripeSample('invoice.paid'), type: 'invoice.created' },
      { ...clerkSample('user.created'), type: 'email.created' },
    ];
    for (const [index, sample] of samples.entries()) {
      writeFileSync(path.join(folder, `${index}.json`), JSON.stringify(sample));
    }
    const { code, out } = await lifecycle(['--json', 'explain', folder], { env });
    expect(code).toBe(0);
    const { explanations } = JSON.parse(out) as { explanations: { outcome: string }[] };
    const outcomes = explanations.map(({ outcome }) => outcome);
    expect(outcomes).toHaveLength(samples.length);
    expect(outcomes.filter((outcome) => outcome === 'ignored')).toHaveLength(2);
    expect(outcomes).not.toContain('parked');
  });
});

describe('person --export', () => {
  it('writes all that is held about one person as one JSON document, page after page', async () => {
    await lifecycle(['send', 'clerk', 'user.created', '--user-id', 'user_export'], { env });
    const { code, out } = await lifecycle(['person', 'user_export', '--export'], { env });
    expect(code).toBe(0);
    const { userId, held } = JSON.parse(out) as Record<string, Record<string, unknown[]>>;
    expect(userId).toBe('user_export');
    expect(held?.['people']).toMatchObject([{ person: { userId: 'user_export' } }]);
    expect(held?.['journal']).toMatchObject([{ messages: [{ type: 'identify' }, {}] }]);
    const nobody = await lifecycle(['person', 'user_nobody', '--export'], { env });
    expect([nobody.code, JSON.parse(nobody.out)]).toMatchObject([1, { held: {} }]);
    expect(nobody.err).toContain('holds nothing about user_nobody');
  });

  it('goes on behind each page, and stops where a Worker answers the same one again', async () => {
    const asked: (string | null)[] = [];
    const row = (n: number) => ({ table: 'journal', row: { n } });
    const pages = await emulate(({ query }) => {
      asked.push(query.get('after'));
      const [held, next] = query.get('after') === null ? [[row(1)], '3.'] : [[row(2)], null];
      return { status: 200, body: { held, next } };
    });
    const ask = ['person', 'user_1', '--export', '--worker', pages.url];
    const { out } = await lifecycle(ask, { env });
    await pages.close();
    expect(JSON.parse(out)).toMatchObject({ held: { journal: [{ n: 1 }, { n: 2 }] } });
    expect(asked).toEqual([null, '3.']);
    const stuck = await emulate(() => ({ status: 200, body: { held: [], next: '3.' } }));
    const { err } = await lifecycle([...ask.slice(0, -1), stuck.url], { env });
    await stuck.close();
    expect(err).toContain('the same page again');
  });
});

describe('people delete', () => {
  it('is forgotten by the relay also where Customer.io has nobody, and where it refuses', async () => {
    for (const userId of ['user_unseen', 'user_refused']) {
      await lifecycle(['send', 'clerk', 'user.created', '--user-id', userId], { env });
    }
    const none = await lifecycleJson(['people', 'delete', 'user_unseen', '--yes'], { env });
    expect(none).toEqual({
      code: 0,
      json: { deleted: 'user_unseen', by: 'nobody', relay: 'deleted' },
    });
    const refused = await lifecycle(['people', 'delete', 'user_refused', '--yes'], {
      env: { ...env, CUSTOMERIO_APP_TOKEN: 'another-app-key' },
    });
    expect(refused.code).toBe(1);
    expect(refused.out).toContain('Customer.io has not deleted user_refused: ');
    expect(refused.out).toContain('The relay has forgotten them');
    const { err } = await lifecycle(['person', 'user_refused'], { env });
    expect(err).toContain('user_refused was deleted');
  });

  it('deletes in the relay too: it lets no webhook bring the person back', async () => {
    app.people([{ id: 'user_leaving', attributes: { email: 'leaving@example.test' } }]);
    const sign = ['send', 'clerk', 'user.created', '--user-id', 'user_leaving'];
    expect((await lifecycle(sign, { env })).code).toBe(0);
    const remove = ['people', 'delete', 'user_leaving', '--yes'];
    const { code, json } = await lifecycleJson(remove, { env });
    expect([code, json]).toEqual([
      0,
      { deleted: 'user_leaving', by: 'pipelines', relay: 'deleted' },
    ]);
    const { err } = await lifecycle(['person', 'user_leaving'], { env });
    expect(err).toContain('user_leaving was deleted');
    const { out } = await lifecycle(sign, { env });
    expect(out).toContain('ignored');
  });
});
