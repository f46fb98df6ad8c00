// The door against requests that nobody should send: no 5xx, no forgery let in, and the Worker is well afterwards. Over
// real HTTP to the bundled Worker; the seed is printed, and FUZZ_SEED and FUZZ_REQUESTS replay or lengthen it.

import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkSecret } from '../../src/samples/sign-clerk.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { createRandom } from '../simulation/random.ts';
import { emulatorClient } from '../support/emulator.ts';
import { newFolder } from '../support/processes.ts';
import { bundle, serve } from '../support/workerd.ts';
import type { Served } from '../support/workerd.ts';
import { caseOf, FORGED_USER } from './cases.ts';
import type { Case } from './cases.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 1e9));
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 20_000);
const AT_ONCE = 16;
const MEGABYTE = 1_000_000;

const secrets = { clerk: clerkSecret(), stripe: 'whsec_fuzz' };
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
let worker: Served;
let emulator: Awaited<ReturnType<typeof startEmulator>>;

beforeAll(async () => {
  emulator = await startEmulator({ token: 'fuzz-key' });
  worker = await serve({
    script: bundle(newFolder('workerd')),
    objects: { OUTBOX: 'Outbox', LINKS: 'Links' },
    vars: {
      CLERK_WEBHOOK_SIGNING_SECRET: secrets.clerk,
      STRIPE_WEBHOOK_SECRET: secrets.stripe,
      CUSTOMERIO_TRACK_TOKEN: 'fuzz-key',
      CUSTOMERIO_PIPELINES_URL: `${emulator.url}/v1`,
    },
  });
});

afterAll(async () => {
  agent.destroy();
  await worker.close();
  await emulator.close();
});

type Sent = { readonly status: number; readonly body: string };

function send(one: Case, through: Agent | false = agent): Promise<Sent> {
  const { hostname, port } = new URL(worker.url);
  const { method, path, headers } = one;
  return new Promise((resolve, reject) => {
    const sending = request(
      { hostname, port, method, path, headers, agent: through },
      (response) => {
        read(response).then(resolve, reject);
      },
    );
    sending.on('error', reject);
    sending.end(method === 'GET' ? undefined : one.body);
  });
}

async function read(response: IncomingMessage): Promise<Sent> {
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body };
}

/** Writes until there is an answer, over a bare socket: an HTTP client would lose it to the broken pipe. */
async function flood(header: string): Promise<{ status: number; written: number }> {
  const { hostname, port } = new URL(worker.url);
  const socket = connect(Number(port), hostname);
  const heard = { answer: '' };
  let written = 0;
  socket.on('data', (data) => {
    heard.answer += String(data);
  });
  socket.on('error', () => undefined);
  socket.write(`POST /webhooks/stripe HTTP/1.1\r\nhost: relay.test\r\n${header}\r\n\r\n`);
  const chunk = 'x'.repeat(65_536);
  while (heard.answer === '' && !socket.destroyed && written < 100 * MEGABYTE) {
    const piece = header.startsWith('transfer') ? `10000\r\n${chunk}\r\n` : chunk;
    const isTaken = socket.write(piece);
    written += chunk.length;
    await new Promise((resolve) => {
      setTimeout(resolve, isTaken ? 0 : 5);
    });
  }
  await until(() => heard.answer !== '', 5000);
  socket.destroy();
  return { status: Number(heard.answer.split(' ')[1] ?? 0), written };
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
        const { status, body } = await send(one);
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
    const state = await emulatorClient(emulator.url).state();
    const messages = [...state.events, ...state.identifies];
    expect(messages.filter(({ userId }) => userId === FORGED_USER)).toEqual([]);
  });

  it.each([
    ['declared', `content-length: ${100 * MEGABYTE}`],
    ['chunked', 'transfer-encoding: chunked'],
  ])('refuses 100 MB, %s, without reading it all', async (_, header) => {
    const { status, written } = await flood(header);
    expect(status).toBe(413);
    expect(written).toBeLessThan(50 * MEGABYTE);
  });

  it('waits for slow bodies beside its other work', async () => {
    const { hostname, port } = new URL(worker.url);
    const headers = { 'content-length': '1000' };
    const slow = Array.from({ length: 20 }, () => {
      const path = '/webhooks/clerk';
      const sending = request({ hostname, port, path, method: 'POST', headers });
      sending.on('error', () => undefined);
      sending.write('{');
      return sending;
    });
    const startedAt = Date.now();
    const answers = [];
    for (let count = 0; count < 50; count += 1) {
      const response = await fetch(`${worker.url}/webhooks/stripe`, { method: 'POST', body: '{}' });
      answers.push(response.status);
      await response.text();
    }
    expect(answers.every((status) => status === 401)).toBe(true);
    expect(Date.now() - startedAt).toBeLessThan(5000);
    for (const sending of slow) sending.destroy();
  });

  it('is well afterwards: a genuine webhook still lands', async () => {
    const random = createRandom(1);
    let genuine = caseOf(random, secrets);
    while (genuine.name !== 'strange content type') genuine = caseOf(random, secrets);
    expect((await send(genuine, false)).status).toBe(200);
    const client = emulatorClient(emulator.url);
    expect(await until(async () => 'user_fuzz' in (await client.state()).people, 20_000)).toBe(
      true,
    );
    expect((await fetch(`${worker.url}/healthz`)).status).toBeLessThan(600);
  });
});
