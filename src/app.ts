// The Worker's routes, each mounted once: the door for webhooks, the operator's console and metrics, and health. Made
// from a list of providers, so that nothing below knows one by name.

import { Hono } from 'hono/tiny';

import { adminWith } from './console/admin.ts';
import { consoleWith } from './console/browser/pages.ts';
import { answerHealth } from './console/health-route.ts';
import { metrics } from './console/metrics.ts';
import { operatorOnly } from './console/operator-only.ts';
import { configured, ready } from './door/ready.ts';
import type { RelayApp } from './door/ready.ts';
import { doorWith } from './door/receive.ts';
import { refuse } from './door/refusal.ts';
import type { Provider } from './intake/provider.ts';
import { faultOf, log } from './platform/log.ts';
import { healthWith } from './watch/health.ts';

export function appWith(providers: readonly Provider[]) {
  const app = new Hono<RelayApp>();
  const healthOf = healthWith(providers);

  const door = doorWith(providers);
  app.route('/webhooks', door);
  app.route('/admin', adminWith(providers));
  app.route('/console', consoleWith({ providers, healthOf, door }));
  app.get('/metrics', configured, operatorOnly, ready, metrics);
  app.get('/healthz', async (c) => answerHealth(c, await healthOf(c.env)));
  app.notFound((c) => refuse(c, 'not_found'));
  app.onError((error, c) => {
    log({ stage: 'app', decision: 'fault', fault: faultOf(error) });
    return refuse(c, 'unavailable');
  });
  return app;
}
