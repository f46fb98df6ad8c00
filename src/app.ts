// The door: routes, body cap, verify → read → whose is it → accept → 2xx. Nothing here knows a provider by name, and
// nothing is answered 2xx before it is stored.

import { Hono } from 'hono';
import type { Context } from 'hono';

import type { Config } from './config/config.ts';
import { isolateConfig } from './config/isolate-config.ts';
import { layoutProblem } from './config/layout.ts';
import { admin } from './console/admin.ts';
import { metrics } from './console/metrics.ts';
import { operatorOnly } from './console/operator.ts';
import { deliver } from './door/deliver.ts';
import { readBody } from './door/read-body.ts';
import type { Provider } from './intake/provider.ts';
import { providerNamed } from './intake/providers.ts';
import { shardsOf } from './links/cloudflare-shards.ts';
import { faultOf, log } from './platform/log.ts';
import { healthOf } from './watch/health.ts';

type App = { Bindings: Cloudflare.Env };

/** How long a provider should wait before it tries again: long enough to fix a secret, short enough to be soon. */
const RETRY_AFTER_SECONDS = 60;

export const app = new Hono<App>();

app.post('/webhooks/:provider', receive);
app.all('/webhooks/:provider', (c) =>
  providerOf(c) === undefined
    ? refuse(c, 404, 'provider_unknown')
    : refuse(c, 405, 'method_not_allowed'),
);
app.get('/healthz', async (c) => {
  const health = await healthOf(c.env);
  return c.json(health, health.status === 'ok' ? 200 : 503);
});
app.route('/admin', admin);
app.get('/metrics', operatorOnly, metrics);
app.notFound((c) => refuse(c, 404, 'not_found'));
app.onError((error, c) => {
  log({ stage: 'app', decision: 'fault', fault: faultOf(error) });
  return unavailable(c, 'unavailable');
});

async function receive(c: Context<App>): Promise<Response> {
  const provider = providerOf(c);
  if (provider === undefined) return refuse(c, 404, 'provider_unknown');
  const checked = isolateConfig(c.env);
  if (!checked.ok) {
    log({
      stage: 'app',
      decision: 'unavailable',
      reason: 'config_invalid',
      problems: checked.problems.join('; '),
    });
    return unavailable(c, 'config_invalid');
  }
  const { config } = checked;
  if (secretsFor(provider, config) === null) {
    log({
      stage: 'app',
      decision: 'unavailable',
      reason: 'secret_missing',
      provider: provider.name,
    });
    return unavailable(c, 'secret_missing');
  }
  const problem = await layoutProblem(c.env, config);
  if (problem !== null) {
    log({ stage: 'app', decision: 'unavailable', reason: 'layout_mismatch', problem });
    return unavailable(c, 'layout_mismatch');
  }
  return admit(c, provider, config);
}

/** Verified first: a flood of forgeries costs no storage and no parse. */
async function admit(c: Context<App>, provider: Provider, config: Config): Promise<Response> {
  const now = Date.now();
  const body = await readBody(c.req.raw);
  if (body === null) return refusal(c, provider, { status: 413, reason: 'body_too_large' });
  const headers = Object.fromEntries(c.req.raw.headers);
  const verification = await provider.verify(
    { headers, body, now },
    secretsFor(provider, config) ?? {},
  );
  if (!verification.ok) return refusal(c, provider, { status: 401, reason: verification.reason });
  const json = parsed(body);
  if (json === undefined) return refusal(c, provider, { status: 400, reason: 'body_malformed' });
  const { deliveryId } = verification;
  const reading = provider.read({ json, deliveryId, receivedAt: now }, config.read);
  const shards = shardsOf(c.env, () => config);
  const outcome = await deliver(shards, { provider: provider.name, body, now, reading });
  const { id, type } = reading;
  const { reason = null, remedy = null } = reading.kind === 'ignored' ? reading : {};
  log({
    stage: 'app',
    decision: outcome,
    provider: provider.name,
    event: id,
    type,
    reason,
    remedy,
  });
  return c.json({ outcome });
}

function providerOf(c: Context<App>): Provider | undefined {
  return providerNamed(c.req.param('provider') ?? '');
}

/** Null when none of its secrets is configured. */
function secretsFor(provider: Provider, config: Config) {
  const entries = provider.secretNames.map((name) => [name, config.secrets[name] ?? []] as const);
  return entries.some(([, values]) => values.length > 0) ? Object.fromEntries(entries) : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function refusal(
  c: Context<App>,
  provider: Provider,
  why: { readonly status: 400 | 401 | 413; readonly reason: string },
): Response {
  log({ stage: 'app', decision: 'refused', provider: provider.name, reason: why.reason });
  return refuse(c, why.status, why.reason);
}

function refuse(c: Context<App>, status: 400 | 401 | 404 | 405 | 413, error: string): Response {
  return c.json({ error }, status);
}

/** The provider keeps the event and comes again. */
function unavailable(c: Context<App>, error: string): Response {
  return c.json({ error }, 503, { 'Retry-After': String(RETRY_AFTER_SECONDS) });
}
