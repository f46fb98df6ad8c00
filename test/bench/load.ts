// The loader: signed webhooks over keep-alive connections, either as fast as the answers come (closed loop) or at a rate
// that does not wait for them (open loop), which is how providers send. Signing is done before the clock starts.

import { performance } from 'node:perf_hooks';

import { Pool } from 'undici';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import { checkoutSession, stripeEvent } from '../../src/samples/stripe.ts';

export const SECRETS = {
  clerk: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  stripe: 'whsec_of_the_benchmark',
};

export type Signed = {
  readonly userId: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
};

export type Load = {
  readonly answered: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** When each person's webhook was sent, Unix milliseconds. */
  readonly sentAt: ReadonlyMap<string, number>;
};

let people = 0;

/** Sign-ups: an identify and a track each. */
export function clerkWebhooks(count: number): Signed[] {
  return Array.from({ length: count }, () => {
    const userId = newUser();
    const body = JSON.stringify(clerkEvent('user.created', clerkUser({ id: userId })));
    const headers = signClerk(body, { secret: SECRETS.clerk, id: `msg_${userId}` });
    return { userId, path: '/webhooks/clerk', headers, body };
  });
}

/** Where customers are known: so many webhooks make their links first. */
export const KNOWN_CUSTOMERS = 300;

/** Whose webhooks: sign-ups, checkouts of a new customer each, or of few who are linked already. */
export type Kind = 'clerk' | 'stripe new' | 'stripe known';

export function webhooksOf(kind: Kind, count: number): Signed[] {
  if (kind === 'clerk') return clerkWebhooks(count);
  return stripeWebhooks(count, kind === 'stripe new' ? 'new' : 'known');
}

/**
 * Checkouts of a customer that name their person: they pass the links shard and the outbox. `new`: each makes a link;
 * `known`: they are of few customers, who have theirs from the first on.
 */
export function stripeWebhooks(count: number, customers: 'new' | 'known' = 'new'): Signed[] {
  const owners = Array.from({ length: customers === 'new' ? count : KNOWN_CUSTOMERS }, newUser);
  return Array.from({ length: count }, (_, index) => {
    const userId = owners[index % owners.length] ?? '';
    sessions += 1;
    const session = checkoutSession({
      id: `cs_${sessions}_${userId}`,
      customer: `cus_${userId}`,
      subscription: null,
      metadata: { clerkUserId: userId },
    });
    const body = JSON.stringify(stripeEvent('checkout.session.completed', session));
    const headers = signStripe(body, { secret: SECRETS.stripe });
    return { userId, path: '/webhooks/stripe', headers, body };
  });
}

let sessions = 0;

function newUser(): string {
  people += 1;
  return `user_bench${Date.now().toString(36)}x${people}`;
}

/** Every connection sends the next one as soon as it has its answer, until all are sent or the time is over. */
export async function closedLoop(
  url: string,
  webhooks: readonly Signed[],
  about: { readonly connections: number; readonly seconds: number },
): Promise<Load> {
  const pool = new Pool(url, { connections: about.connections, pipelining: 1 });
  const meter = createMeter();
  const until = performance.now() + about.seconds * 1000;
  let next = 0;
  await Promise.all(
    Array.from({ length: about.connections }, async () => {
      while (next < webhooks.length && performance.now() < until) {
        const webhook = webhooks[next];
        next += 1;
        if (webhook !== undefined) await meter.measure(webhook, () => post(pool, webhook));
      }
    }),
  );
  await pool.close();
  return meter.result();
}

/** One every so often, however long the answers take. */
export async function openLoop(
  url: string,
  webhooks: readonly Signed[],
  perSecond: number,
): Promise<Load> {
  const pool = new Pool(url, { connections: 256, pipelining: 1 });
  const meter = createMeter();
  const startedAt = performance.now();
  const sent: Promise<void>[] = [];
  for (const [index, webhook] of webhooks.entries()) {
    const waitMs = startedAt + (index * 1000) / perSecond - performance.now();
    if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
    sent.push(meter.measure(webhook, () => post(pool, webhook)));
  }
  await Promise.all(sent);
  await pool.close();
  return meter.result();
}

async function post(pool: Pool, { path, headers, body }: Signed): Promise<boolean> {
  const response = await pool.request({ path, method: 'POST', headers, body });
  await response.body.dump();
  return response.statusCode >= 200 && response.statusCode < 300;
}

function createMeter() {
  const startedAt = performance.now();
  const sentAt = new Map<string, number>();
  const times: number[] = [];
  let failed = 0;

  async function measure(webhook: Signed, send: () => Promise<boolean>): Promise<void> {
    const at = performance.now();
    sentAt.set(webhook.userId, Date.now());
    const isTaken = await send().catch(() => false);
    if (isTaken) times.push(performance.now() - at);
    else failed += 1;
  }

  function result(): Load {
    const seconds = (performance.now() - startedAt) / 1000;
    const perSecond = Math.round(times.length / seconds);
    return { answered: times.length, failed, perSecond, ...percentiles(times), sentAt };
  }

  return { measure, result };
}

export function percentiles(times: readonly number[]): { p50: number; p95: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
