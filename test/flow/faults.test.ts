// Faults that only whole processes show: a key that is rotated, and a redirect, on the bundled Worker.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { signStripe } from '../../src/samples/sign-stripe.ts';
import { checkoutSession, stripeEvent } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import { newFolder } from '../support/processes.ts';
import { bundle, serve } from '../support/workerd.ts';

const SECRET = 'whsec_faults';

let script: string;
let emulator: Awaited<ReturnType<typeof startEmulator>>;

beforeAll(async () => {
  script = bundle(newFolder('workerd'));
  emulator = await startEmulator({ token: 'new-key' });
});

afterAll(() => emulator.close());

function start(vars: Readonly<Record<string, string>>, folder?: string) {
  return serve({
    script,
    objects: { OUTBOX: 'Outbox', LINKS: 'Links' },
    vars: {
      STRIPE_WEBHOOK_SECRET: SECRET,
      CUSTOMERIO_PIPELINES_URL: `${emulator.url}/v1`,
      LINGER_MS: '0',
      ...vars,
    },
    ...(folder === undefined ? {} : { folder }),
  });
}

async function send(url: string, userId: string): Promise<number> {
  const metadata = { clerkUserId: userId };
  const session = checkoutSession({ customer: null, subscription: null, metadata });
  const body = JSON.stringify(stripeEvent('checkout.session.completed', session));
  const headers = signStripe(body, { secret: SECRET });
  const response = await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body });
  await response.text();
  return response.status;
}

async function healthOf(url: string): Promise<{ status: number; problems?: string[] }> {
  const response = await fetch(`${url}/healthz`);
  const { problems } = (await response.json()) as { problems?: string[] };
  return { status: response.status, ...(problems === undefined ? {} : { problems }) };
}

describe('the Worker process', () => {
  it('pauses on a key that was rotated away, and lands everything once it has the new one', async () => {
    const before = await start({ CUSTOMERIO_TRACK_TOKEN: 'old-key' });
    expect(await send(before.url, 'user_rotation')).toBe(200);
    await until(async () => (await healthOf(before.url)).status === 503, 15_000);
    const { problems = [] } = await healthOf(before.url);
    expect(problems.join()).toMatch(/^outbox s\d: paused, credentials_invalid$/);
    await before.kill();
    const after = await start({ CUSTOMERIO_TRACK_TOKEN: 'new-key' }, before.folder);
    // Health wakes the shard; with other credentials it tries at once.
    await healthOf(after.url);
    const client = emulatorClient(emulator.url);
    const isLanded = async () => (await client.state()).events.length === 1;
    expect(await until(isLanded, 15_000)).toBe(true);
    await after.close();
  });

  it('never follows a redirect: no request and no credentials reach the other host', async () => {
    const seen: string[] = [];
    const other = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      response.end('{}');
    });
    const address = (server: typeof other) =>
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve);
    });
    const redirecting = createServer((_, response) => {
      response.writeHead(307, { location: `${address(other)}/v1/track` }).end();
    });
    await new Promise<void>((resolve) => {
      redirecting.listen(0, '127.0.0.1', resolve);
    });
    const url = `${address(redirecting)}/v1`;
    const worker = await start({ CUSTOMERIO_TRACK_TOKEN: 'key', CUSTOMERIO_PIPELINES_URL: url });
    expect(await send(worker.url, 'user_redirect')).toBe(200);
    await until(async () => (await healthOf(worker.url)).status === 503, 15_000);
    const { problems = [] } = await healthOf(worker.url);
    expect(problems.join()).toMatch(/paused, redirected$/);
    expect(seen).toEqual([]);
    await worker.close();
    for (const server of [other, redirecting]) {
      server.closeAllConnections();
      server.close();
    }
  });
});
