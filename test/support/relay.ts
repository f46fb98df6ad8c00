// The real Worker as a process of its own, as it would be deployed, and signed webhooks for it.

import { clerkSecret, signClerk } from '../../src/samples/sign-clerk.ts';
import { signStripe } from '../../src/samples/sign-stripe.ts';
import { until } from '../../src/start/until.ts';
import { newFolder } from './processes.ts';
import { bundle, serve } from './workerd.ts';
import type { Served } from './workerd.ts';

export const CLERK_SECRET = clerkSecret();
export const STRIPE_SECRET = 'whsec_of_a_whole_process';
export const ADMIN_TOKEN = 'an-admin-token-of-24-characters';

export type Relay = Served;

let bundled: string | undefined;

/** Starts a Worker. `folder` is given to start where another one was killed. */
export function startRelay(
  vars: Readonly<Record<string, string>>,
  folder = newFolder('relay'),
): Promise<Relay> {
  bundled ??= bundle(newFolder('bundle'));
  const secrets = {
    CLERK_WEBHOOK_SIGNING_SECRET: CLERK_SECRET,
    STRIPE_WEBHOOK_SECRET: STRIPE_SECRET,
    ADMIN_TOKEN,
  };
  const objects = { OUTBOX: 'Outbox', LINKS: 'Links', SYNC: 'Sync' };
  return serve({ script: bundled, objects, vars: { ...secrets, ...vars }, folder });
}

/** One signed webhook; the headers may be replaced to spoil it. */
export async function post(
  relay: { readonly url: string },
  provider: 'clerk' | 'stripe',
  body: unknown,
  more: { readonly id?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; json: Record<string, unknown>; retryAfter: string | null }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const id = more.id ?? `msg_${crypto.randomUUID()}`;
  const signed =
    provider === 'clerk'
      ? signClerk(text, { secret: CLERK_SECRET, id })
      : signStripe(text, { secret: STRIPE_SECRET });
  const headers = { 'content-type': 'application/json', ...signed, ...more.headers };
  const url = `${relay.url}/webhooks/${provider}`;
  const response = await fetch(url, { method: 'POST', headers, body: text });
  const json = (await response.json()) as Record<string, unknown>;
  return { status: response.status, json, retryAfter: response.headers.get('retry-after') };
}

/** What the operator sees of all shards together. */
export async function statusOf(relay: { readonly url: string }) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${relay.url}/admin/status`, { headers });
  const { shards } = (await response.json()) as {
    shards: { pending: number; mails: { due: number }; counters: { retries: number } }[];
  };
  const sum = (of: (shard: (typeof shards)[number]) => number) =>
    shards.reduce((all, shard) => all + of(shard), 0);
  return {
    pending: sum((one) => one.pending + one.mails.due),
    retries: sum((one) => one.counters.retries),
  };
}

/** True once no shard holds a message or a mail that is not delivered: what has not landed by then never will. */
export function delivered(relay: { readonly url: string }): Promise<boolean> {
  return until(async () => (await statusOf(relay)).pending === 0);
}
