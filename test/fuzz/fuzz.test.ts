// The door against requests that nobody should send: no 5xx, no forgery let in, and the Worker is well afterwards. Over
// real HTTP to the bundled Worker; the seed is printed, and FUZZ_SEED and FUZZ_REQUESTS replay or lengthen it.

import { Buffer } from 'node:buffer';
import { request } from 'node:http';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BODY_BYTES_MAX, READ_BYTES_MAX } from '../../src/door/read-body.ts';
import { startEmulator } from '../emulator/server.ts';
import { createRandom } from '../simulation/random.ts';
import { emulatorClient } from '../support/emulator.ts';
import { CLERK_SECRET, delivered, startRelay, STRIPE_SECRET } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { caseOf, FORGED_USER } from './cases.ts';
import type { Case } from './cases.ts';
import { createSender, flood } from './senders.ts';
import type { Sender } from './senders.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9));
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
const AT_ONCE = 16;
const MEGABYTE = 1_000_000;

const secrets = { clerk: CLERK_SECRET, stripe: STRIPE_SECRET };
let worker: Relay;
let sender: Sender;
let emulator: Awaited<ReturnType<typeof startEmulator>>;

beforeAll(async () => {
  emulator = await startEmulator({ token: 'fuzz-key' });
  worker = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'fuzz-key',
    CUSTOMERIO_PIPELINES_URL: `${emulator.url}/v1`,
  });
  sender = createSender(worker.url, AT_ONCE);
});

afterAll(async () => {
  sender.close();
  await worker.close();
  await emulator.close();
});

/** Unsigned, and of so many bytes. */
function large(bytes: number): Case {
  const body = Buffer.alloc(bytes, 'x');
  const about = { name: 'large', path: '/webhooks/stripe', headers: {} };
  return { ...about, method: 'POST', body, isGenuine: false };
}

describe('the door', () => {
  it(`answers ${REQUESTS} hostile requests without a 5xx and without letting a forgery in`, async () => {
    console.log(`fuzz: FUZZ_SEED=${SEED}`);
    const random = createRandom(SEED);
    const wrong: string[] = [];
    const seen = new Map<string, number>();
    let left = REQUESTS;
    const senders = Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        const one = caseOf(random, secrets);
        const { status, body } = await sender.send(one);
        const key = `${one.name} ${status}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        const isLetIn = !one.isGenuine && status >= 200 && status < 300;
        if (status >= 500 || isLetIn) {
          wrong.push(`${one.name}: ${status} ${body} for ${one.body.toString().slice(0, 300)}`);
        }
      }
    });
    await Promise.all(senders);
    console.log(`fuzz: ${JSON.stringify(Object.fromEntries(seen))}`);
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('tells an ordinary client that its body is too large, up to twice the cap', async () => {
    for (const bytes of [BODY_BYTES_MAX + 1, READ_BYTES_MAX]) {
      for (let count = 0; count < 20; count += 1) {
        const { status, body } = await sender.send(large(bytes));
        expect({ status, body }).toEqual({ status: 413, body: '{"error":"body_too_large"}' });
      }
    }
  });

  it.each(['content-length', 'transfer-encoding'] as const)(
    'refuses 100 MB, told by %s, or closes the connection, without reading it all',
    async (header) => {
      const { status, written } = await flood(worker.url, header, 100 * MEGABYTE);
      expect([413, null]).toContain(status);
      expect(written).toBeLessThan(50 * MEGABYTE);
    },
  );

  it('answers others while twenty slow bodies are on their way', async () => {
    const { hostname, port } = new URL(worker.url);
    const headers = { 'content-length': '1000' };
    const ended: string[] = [];
    const slow = Array.from({ length: 20 }, () => {
      const path = '/webhooks/clerk';
      const sending = request({ hostname, port, path, method: 'POST', headers, agent: false });
      sending.on('error', () => ended.push('torn'));
      sending.on('response', ({ statusCode }) => ended.push(`answered ${statusCode}`));
      sending.write('{');
      return sending;
    });
    const statuses = new Set<number>();
    for (let count = 0; count < 50; count += 1) {
      statuses.add((await sender.send(large(100))).status);
    }
    // All of them while none of the slow ones was done with.
    expect({ statuses: [...statuses], ended }).toEqual({ statuses: [401], ended: [] });
    for (const sending of slow) sending.destroy();
  });

  it('is well afterwards: a genuine webhook lands, and nothing of a forger does', async () => {
    const random = createRandom(1);
    let genuine = caseOf(random, secrets);
    while (genuine.name !== 'strange content type') genuine = caseOf(random, secrets);
    expect((await sender.send(genuine)).status).toBe(200);
    expect(await delivered(worker)).toBe(true);
    const { people, events, identifies } = await emulatorClient(emulator.url).state();
    expect(Object.keys(people)).toContain('user_fuzz');
    const forged = [...events, ...identifies].filter(({ userId }) => userId === FORGED_USER);
    expect(forged).toEqual([]);
  });
});
