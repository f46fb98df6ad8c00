// The operator and links: what waits and why, a link made or forgotten by hand, one person as we see them.

import { Hono } from 'hono';
import * as z from 'zod';

import type { Config } from '../config/config.ts';
import { isolateConfig } from '../config/isolate-config.ts';
import { layoutProblem } from '../config/layout.ts';
import { USER_ID } from '../person/owner.ts';
import { linksOf, namespaceIn, outboxOf } from '../platform/namespaces.ts';
import { shardName } from '../platform/shards.ts';
import type { OperatorApp } from './operator.ts';

const WAITING_SHOWN = 100;
const WAITING_SHOWN_MAX = 1000;

const CUSTOMER_ID = /^cus_[A-Za-z0-9]+$/;

const LinkByHand = z.object({
  customerId: z.string().regex(CUSTOMER_ID),
  userId: z.string().regex(USER_ID),
});

type LinkApp = OperatorApp & { Variables: { config: Config } };

export const linkRoutes = new Hono<LinkApp>();

// With another layout than the stored one we would look in the wrong place, or make a new one.
linkRoutes.use('*', async (c, next) => {
  const checked = isolateConfig(c.env);
  if (!checked.ok || (await layoutProblem(c.env, checked.config)) !== null) {
    return c.json({ error: 'unavailable' }, 503);
  }
  c.set('config', checked.config);
  await next();
  return undefined;
});

linkRoutes.get('/waiting', async (c) => {
  const config = c.get('config');
  const asked = Number(c.req.query('limit') ?? WAITING_SHOWN);
  const limit = Math.min(Math.max(Math.trunc(asked) || WAITING_SHOWN, 1), WAITING_SHOWN_MAX);
  const names = Array.from({ length: config.shards }, (_, index) => shardName(index));
  const links = namespaceIn(c.env.LINKS, config);
  const lists = await Promise.all(names.map(async (name) => links.getByName(name).waiting(limit)));
  const waiting = lists
    .flat()
    .toSorted((a, b) => a.since - b.since)
    .slice(0, limit)
    .map(({ key, events, since, why, attempt, nextAt }) => ({
      waitsFor: key,
      events,
      since: iso(since),
      why,
      lookUps: attempt,
      nextLookUpAt: nextAt === null ? null : iso(nextAt),
    }));
  return c.json({ waiting });
});

linkRoutes.get('/links/:customerId', async (c) => {
  const config = c.get('config');
  const customerId = c.req.param('customerId');
  const link = await linksOf(c.env, config, customerId).link(customerId);
  if (link === null) return c.json({ error: 'link_unknown' }, 404);
  const { userId, source, asOf } = link;
  const isErased = userId === null;
  return c.json({ customerId, userId, source, asOf: asOf === 0 ? null : iso(asOf), isErased });
});

linkRoutes.post('/links', async (c) => {
  const config = c.get('config');
  const body: unknown = await c.req.json().catch(() => null);
  const parsed = LinkByHand.safeParse(body);
  if (!parsed.success) {
    return c.json({ error: 'link_invalid', expected: 'customerId cus_..., userId user_...' }, 400);
  }
  const { customerId, userId } = parsed.data;
  const person = await outboxOf(c.env, config, userId).view(userId);
  if (person.kind === 'erased') return c.json({ error: 'person_erased' }, 409);
  const link = await linksOf(c.env, config, customerId).linkByHand(customerId, userId);
  // What stands: a deletion, or newer news in the same moment, may have gone before.
  if (link?.userId === userId) return c.json({ customerId, userId });
  return c.json({ error: 'link_stands', customerId, userId: link?.userId ?? null }, 409);
});

linkRoutes.delete('/links/:customerId', async (c) => {
  const config = c.get('config');
  const customerId = c.req.param('customerId');
  const isForgotten = await linksOf(c.env, config, customerId).forgetLink(customerId);
  return isForgotten ? c.json({ customerId }) : c.json({ error: 'link_unknown' }, 404);
});

linkRoutes.get('/people/:userId', async (c) => {
  const config = c.get('config');
  const userId = c.req.param('userId');
  const view = await outboxOf(c.env, config, userId).view(userId);
  switch (view.kind) {
    case 'unknown':
      return c.json({ error: 'person_unknown' }, 404);
    case 'erased':
      return c.json({ error: 'person_erased' }, 410);
    case 'person': {
      const { person, traits, messages } = view;
      return c.json({ person, traits, messages });
    }
  }
});

function iso(at: number): string {
  return new Date(at).toISOString();
}
