// GET /admin/status: what waits, what is parked, how late it is, by shard.

import { Hono } from 'hono';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { figuresOf } from '../watch/figures.ts';
import { answer } from './answer.ts';
import { ADMIN } from './contract.ts';

export const statusRoutes = new Hono<RelayApp>();

statusRoutes.get(ADMIN.status.path, ready, async (c) => {
  const figures = await figuresOf(c.env, c.get('config'));
  const shards = figures.map(
    ({ name, outbox, links: { waiting, waitingCustomers, links, stuck } }) => {
      const { pending, lagMs, held, heldMessages, parked, refusedErasures } = outbox;
      const { pause, mails, counters } = outbox;
      const late = { pending, lagMs, held, heldMessages, parked, refusedErasures };
      return { name, ...late, pause, mails, counters, waiting, waitingCustomers, links, stuck };
    },
  );
  return answer(ADMIN.status, 200, { shards });
});
