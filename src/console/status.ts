// GET /admin/status: what waits, what is parked, how late it is, by shard.

import { Hono } from 'hono';

import { isolateConfig } from '../config/isolate-config.ts';
import { layoutProblem } from '../config/layout.ts';
import { figuresOf } from '../watch/figures.ts';
import type { OperatorApp } from './operator.ts';

export const statusRoutes = new Hono<OperatorApp>();

statusRoutes.get('/status', async (c) => {
  const checked = isolateConfig(c.env);
  // With another layout than the stored one we would look where nobody is.
  if (!checked.ok || (await layoutProblem(c.env, checked.config)) !== null) {
    return c.json({ error: 'unavailable' }, 503);
  }
  const figures = await figuresOf(c.env, checked.config);
  const shards = figures.map(({ name, outbox, links }) => {
    const { pending, lagMs, parked, pause, mails, counters } = outbox;
    const { waiting, waitingCustomers, links: known } = links;
    const about = { name, pending, lagMs, parked, pause, waiting, waitingCustomers, links: known };
    return { ...about, mails, counters };
  });
  return c.json({ shards });
});
