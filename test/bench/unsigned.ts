// npm run bench:unsigned [-- --requests 2000]: what a request costs that nobody signed, beside a good webhook, in CPU of workerd
// by the kernel's count. Each kind is sent in turns, so that what else the machine does falls on all of them.

import { parseArgs } from 'node:util';

import { Pool } from 'undici';

import { signStripe } from '../../src/samples/sign-stripe.ts';
import { clerkWebhooks, SECRETS, stripeWebhooks } from './load.ts';
import type { Signed } from './load.ts';
import { cpuMs, startUpstream, startWorker } from './stage.ts';

const TURNS = 5;
const CONNECTIONS = 8;

const { values } = parseArgs({ options: { requests: { type: 'string', default: '2000' } } });
const perTurn = Math.ceil(Number(values.requests) / TURNS);

/** How a webhook is spoiled. */
type Spoil = (signed: Signed) => Signed;

const signature = (signed: Signed, text: string): Signed => ({
  ...signed,
  headers: { ...signed.headers, 'stripe-signature': text },
});

const time = () => Math.floor(Date.now() / 1000);

const good: Spoil = (signed) => signed;
const body = (bytes: number): Spoil => {
  const text = JSON.stringify({ padding: 'x'.repeat(bytes) });
  return (signed) => ({ ...signed, body: text });
};

const KINDS: readonly (readonly [string, (count: number) => Signed[], Spoil])[] = [
  ['good, Clerk', clerkWebhooks, good],
  ['good, Stripe', stripeWebhooks, good],
  [
    'wrong secret, Stripe',
    stripeWebhooks,
    (signed) => ({ ...signed, headers: signStripe(signed.body, { secret: `${SECRETS.stripe}x` }) }),
  ],
  ['no signature', stripeWebhooks, (signed) => ({ ...signed, headers: {} })],
  ['body of 513 KiB', stripeWebhooks, body(513 * 1024)],
  ['body of 1 MiB and a little', stripeWebhooks, body(1024 * 1024)],
  ['body of 500 KiB, wrong signature', stripeWebhooks, body(500 * 1024)],
  [
    'header of 15 KB',
    stripeWebhooks,
    (signed) => signature(signed, `t=${time()},v1=${'a'.repeat(15_000)}`),
  ],
  [
    '200 signatures in a header',
    stripeWebhooks,
    (signed) => signature(signed, `t=${time()}${`,v1=${'a'.repeat(64)}`.repeat(200)}`),
  ],
  [
    '50 signatures in a header, short enough',
    stripeWebhooks,
    (signed) => signature(signed, `t=${time()}${`,v1=${'a'.repeat(64)}`.repeat(50)}`),
  ],
];

async function post(pool: Pool, signed: Signed): Promise<number> {
  const headers = { 'content-type': 'application/json', ...signed.headers };
  try {
    const answer = await pool.request({
      method: 'POST',
      path: signed.path,
      headers,
      body: signed.body,
    });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    // Of what is over twice the cap the connection is closed, maybe before the answer is read.
    return 0;
  }
}

const upstream = await startUpstream();
await upstream.set({});
const worker = await startWorker('relay', upstream);
const pool = new Pool(worker.url, { connections: CONNECTIONS });

/** CPU of the turn, and how often each status was answered; it ends when nothing of it is left to deliver. */
async function turn(webhooks: readonly Signed[], statuses: Map<number, number>): Promise<number> {
  const before = cpuMs(worker.pid);
  const left = [...webhooks];
  const send = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const status = await post(pool, next);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, send));
  return cpuMs(worker.pid) - before;
}

const spent = new Map<string, { ms: number[]; statuses: Map<number, number> }>();
// The first turn warms up, and does not count.
for (let count = 0; count <= TURNS; count += 1) {
  for (const [name, make, spoil] of KINDS) {
    const kind = spent.get(name) ?? { ms: [], statuses: new Map<number, number>() };
    spent.set(name, kind);
    const ms = await turn(make(perTurn).map(spoil), kind.statuses);
    if (count > 0) kind.ms.push(ms / perTurn);
    // What the good ones left to deliver is theirs, not the next kind's.
    if (spoil === good) await upstream.landed(Infinity, 1000);
  }
}

for (const [name, { ms, statuses }] of spent) {
  const median = ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 2)] ?? 0;
  const answers = [...statuses]
    .map(([status, count]) => `${status || 'closed'}: ${count}`)
    .join(', ');
  console.log(`${name}: ${median.toFixed(3)} ms of CPU (${answers})`);
}

await pool.close();
await worker.close();
upstream.close();
