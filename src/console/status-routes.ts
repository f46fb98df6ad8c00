// GET /admin/status: what waits, what is parked, how late it is, by shard.

import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { figuresOf } from '../watch/figures.ts';
import { answer } from './answer.ts';
import { ROUTES } from './routes.ts';

/** Of those who are held in one shard. */
const HELD_SHOWN_MAX = 20;

export const statusRoutes = new Hono<RelayApp>();

statusRoutes.get(ROUTES.status.path, ready, async (c) => {
  const figures = await figuresOf(c.env, c.get('config'));
  const asked = figures.map(async ({ name, outbox, links }) => {
    const { pending, lagMs, parked, refusedErasures, pause, mails, counters } = outbox;
    const state = { name, pending, lagMs, parked, refusedErasures, pause, mails, counters };
    const { waiting, waitingCustomers } = links;
    // An object of before the upgrade says none of these.
    const later: Partial<typeof outbox> = outbox;
    const laterLinks: Partial<typeof links> = links;
    const { stuck = 0 } = laterLinks;
    const { delay = null, lastLandedAt = 0, held = 0, heldMessages = 0 } = later;
    const shard = namespaceIn(c.env.OUTBOX, c.get('config')).getByName(name);
    const heldPeople = held === 0 ? [] : [...(await shard.listHeld(HELD_SHOWN_MAX))];
    const whole = { ...state, delay, lastLandedAt, held, heldMessages, heldPeople };
    return { ...whole, waiting, waitingCustomers, links: links.links, stuck };
  });
  const shards = await Promise.all(asked);
  return answer<'status'>(200, { shards });
});
