// The door: a webhook comes in, body cap → verify → read → layout → deliver → 2xx. Nothing here knows a provider by name,
// nothing is answered 2xx before it is stored, and nobody is asked anything for what is not signed.

import type { Context } from 'hono';
import { Hono } from 'hono/tiny';

import { oncePerIsolate } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { readinessOf, readyToStore } from '../config/layout.ts';
import type { Provider, ProviderSecrets } from '../intake/provider.ts';
import { secretProblems, secretsOf } from '../intake/secrets.ts';
import { shardsOf } from '../links/cloudflare-shards.ts';
import type { NewWebhook } from '../outbox/recent.ts';
import { noteCalled } from '../platform/called.ts';
import { faultOf, log } from '../platform/log.ts';
import { outboxOf } from '../platform/namespaces.ts';
import { deliver } from './deliver.ts';
import type { Received } from './deliver.ts';
import { readBody } from './read-body.ts';
import { configured, notConfigured, notReady } from './ready.ts';
import type { RelayApp } from './ready.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** A provider, and its secrets as the isolate has them: null when none is set. One that is too short closes it. */
type Entrance = {
  readonly provider: Provider;
  readonly secretsIn: (env: Cloudflare.Env) => {
    readonly secrets: ProviderSecrets | null;
    readonly problems: readonly string[];
  };
};

export function doorWith(providers: readonly Provider[]) {
  const door = new Hono<RelayApp>();
  for (const provider of providers) {
    const secretsIn = oncePerIsolate((env) => ({
      secrets: secretsOf(provider, env),
      problems: secretProblems(provider, env),
    }));
    door.post(`/${provider.name}`, configured, (c) => receive(c, { provider, secretsIn }));
    door.all(`/${provider.name}`, (c) => refuse(c, 'method_not_allowed'));
  }
  door.all('/:unknown', (c) => refuse(c, 'provider_unknown'));
  return door;
}

/** Verified first: a flood of forgeries costs no storage, no parse and no question to a shard. */
async function receive(c: Context<RelayApp>, entrance: Entrance): Promise<Response> {
  const { provider } = entrance;
  const now = Date.now();
  const { secrets, problems } = entrance.secretsIn(c.env);
  if (problems.length > 0) return notConfigured(c, problems);
  if (secrets === null) {
    noteCalled(provider.name, now);
    return refused(c, provider, 'secret_missing');
  }
  const body = await readBody(c.req.raw);
  if (body === null) return refused(c, provider, 'body_too_large');
  const headers = Object.fromEntries(c.req.raw.headers);
  const verification = await provider.verify({ headers, body, now }, secrets);
  if (!verification.ok) return refused(c, provider, verification.reason);
  const json = parsed(body);
  if (json === undefined) return refused(c, provider, 'body_malformed');
  const { deliveryId } = verification;
  const reading = provider.read({ json, deliveryId, receivedAt: now }, c.get('config').read);
  return take(c, { provider: provider.name, body, now, reading });
}

/** The first webhook that is stored fixes the layout; what is ignored stores nothing. */
async function take(c: Context<RelayApp>, received: Received): Promise<Response> {
  const { provider, reading } = received;
  const isStored = reading.kind !== 'ignored' || reading.remedy !== undefined;
  const readiness = await (isStored ? readyToStore(c.env) : readinessOf(c.env));
  if (readiness.kind !== 'ready') return notReady(c, readiness);
  const outcome = await deliver(
    shardsOf(c.env, () => readiness.config),
    received,
  );
  const { id, type } = reading;
  const { reason = null, remedy = null } = reading.kind === 'ignored' ? reading : whyOf(outcome);
  log({ stage: 'app', decision: outcome, provider, event: id, type, reason, remedy });
  if (readiness.isFixed && (outcome === 'ignored' || outcome === 'waiting')) {
    const webhook = { provider, event: id, type, outcome, reason };
    await behind(c, noteWebhook(c.env, readiness.config, webhook));
  }
  return c.json({ outcome });
}

/** Why it was put aside; no other outcome of an event needs a reason. */
function whyOf(outcome: string): { readonly reason?: string; readonly remedy?: string } {
  return outcome === 'parked' ? { reason: 'object_unexpected' } : {};
}

/** What came to no outbox is remembered in one, for whoever looks on. It never fails: it may be an object of before. */
async function noteWebhook(
  env: Cloudflare.Env,
  config: Config,
  webhook: Omit<NewWebhook, 'at' | 'journal'>,
): Promise<void> {
  try {
    await outboxOf(env, config, webhook.event).noteWebhook(webhook);
  } catch (error) {
    log({ stage: 'app', decision: 'not_noted', fault: faultOf(error) });
  }
}

/** Nobody waits for it where the platform lets it go on behind the answer. */
async function behind(c: Context<RelayApp>, work: Promise<void>): Promise<void> {
  const execution = executionOf(c);
  if (execution === null) await work;
  else execution.waitUntil(work);
}

/** Hono throws where there is none, as in a test. */
function executionOf(c: Context<RelayApp>): Context['executionCtx'] | null {
  try {
    return c.executionCtx;
  } catch {
    return null;
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function refused(c: Context<RelayApp>, provider: Provider, reason: Refusal): Response {
  const decision = reason === 'secret_missing' ? 'unavailable' : 'refused';
  log({ stage: 'app', decision, provider: provider.name, reason });
  return refuse(c, reason);
}
