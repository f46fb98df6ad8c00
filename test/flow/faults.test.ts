// Faults that only whole processes show: a key that is rotated, and a redirect, on the bundled Worker.

import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { checkoutSession, stripeEvent } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

let emulator: Awaited<ReturnType<typeof startEmulator>>;

beforeAll(async () => {
  emulator = await startEmulator({ token: 'new-key' });
});

afterAll(() => emulator.close());

async function start(vars: Readonly<Record<string, string>>, folder?: string): Promise<Relay> {
  const pipelines = { CUSTOMERIO_PIPELINES_URL: `${emulator.url}/v1`, LINGER_MS: '0' };
  const relay = await startRelay({ ...pipelines, ...vars }, folder);
  onTestFinished(() => relay.close());
  return relay;
}

function checkout(userId: string) {
  const metadata = { clerkUserId: userId };
  const session = checkoutSession({ customer: null, subscription: null, metadata });
  return stripeEvent('checkout.session.completed', session);
}

async function problemsOf(relay: Relay): Promise<string> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${relay.url}/healthz`, { headers });
  const { details = [] } = (await response.json()) as { details?: string[] };
  return details.join();
}

describe('the Worker process', () => {
  it('pauses on a key that was rotated away, and lands everything once it has the new one', async () => {
    const before = await start({ CUSTOMERIO_TRACK_TOKEN: 'old-key' });
    expect((await post(before, 'stripe', checkout('user_rotation'))).status).toBe(200);
    expect(await until(async () => (await problemsOf(before)) !== '')).toBe(true);
    expect(await problemsOf(before)).toMatch(/^outbox s\d: paused, credentials_invalid$/);
    await before.kill();
    const after = await start({ CUSTOMERIO_TRACK_TOKEN: 'new-key' }, before.folder);
    // Asking wakes the shard; with other credentials it tries at once.
    expect(await delivered(after)).toBe(true);
    const { events } = await emulatorClient(emulator.url).state();
    expect(events.map(({ userId }) => userId)).toEqual(['user_rotation']);
  });

  it('never follows a redirect: no request and no credentials reach the other host', async () => {
    const seen: string[] = [];
    const other = await listening((request, response) => {
      seen.push(String(request.headers.authorization));
      response.end('{}');
    });
    const redirecting = await listening((_, response) => {
      response.writeHead(307, { location: `${other}/v1/track` }).end();
    });
    const url = `${redirecting}/v1`;
    const worker = await start({ CUSTOMERIO_TRACK_TOKEN: 'key', CUSTOMERIO_PIPELINES_URL: url });
    expect((await post(worker, 'stripe', checkout('user_redirect'))).status).toBe(200);
    expect(await until(async () => (await problemsOf(worker)) !== '')).toBe(true);
    expect(await problemsOf(worker)).toMatch(/paused, redirected$/);
    expect(seen).toEqual([]);
  });
});

/** A server that ends with its test. */
async function listening(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
