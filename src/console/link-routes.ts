// The operator and links: what waits and why, and a link that is shown, made or forgotten by hand.

import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { linksOf } from '../platform/namespaces.ts';
import * as v from '../platform/schema.ts';
import { answer } from './answer.ts';
import { linkByHand } from './link-by-hand.ts';
import { relayOf, waitingOf } from './relay.ts';
import { ROUTES } from './routes.ts';

const WAITING_SHOWN = 100;
const WAITING_SHOWN_MAX = 1000;

export const linkRoutes = new Hono<RelayApp>();

linkRoutes.get(ROUTES.waiting.path, ready, async (c) => {
  const asked = Number(c.req.query('limit') ?? WAITING_SHOWN);
  const limit = Math.min(Math.max(Math.trunc(asked) || WAITING_SHOWN, 1), WAITING_SHOWN_MAX);
  const found = await waitingOf(relayOf(c), limit);
  const waiting = found.waiting.map(({ key, events, since, why, detail, attempt, nextAt }) => ({
    waitsFor: key,
    events,
    since: iso(since),
    why,
    detail,
    lookUps: attempt,
    nextLookUpAt: nextAt === null ? null : iso(nextAt),
  }));
  return answer<'waiting'>(200, { waiting });
});

linkRoutes.get(ROUTES.link.path, ready, async (c) => {
  const customerId = c.req.param('customerId');
  const link = await linksOf(c.env, c.get('config'), customerId).link(customerId);
  if (link === null) return answer<'link'>(404, { error: 'link_unknown' });
  const { userId, source, asOf } = link;
  return answer<'link'>(200, {
    customerId,
    userId,
    source,
    asOf: asOf === 0 ? null : iso(asOf),
    isErased: userId === null,
  });
});

linkRoutes.post(ROUTES.linkByHand.path, ready, async (c) => {
  const body: unknown = await c.req.json().catch(() => null);
  const parsed = v.safeParse(ROUTES.linkByHand.request, body);
  if (!parsed.success) {
    const expected = 'customerId cus_... or cs_..., userId user_... or org_...';
    return answer<'linkByHand'>(400, { error: 'link_invalid', expected });
  }
  const { customerId, userId } = parsed.output;
  const linked = await linkByHand(relayOf(c), { customerId, userId });
  switch (linked.kind) {
    case 'linked':
      return answer<'linkByHand'>(200, { customerId, userId });
    case 'person_erased':
    case 'organizations_off':
      return answer<'linkByHand'>(409, { error: linked.kind });
    case 'link_stands':
      return answer<'linkByHand'>(409, {
        error: linked.kind,
        customerId,
        userId: linked.standing,
      });
  }
});

linkRoutes.delete(ROUTES.forgetLink.path, ready, async (c) => {
  const customerId = c.req.param('customerId');
  const isForgotten = await linksOf(c.env, c.get('config'), customerId).forgetLink(customerId);
  return isForgotten
    ? answer<'forgetLink'>(200, { customerId })
    : answer<'forgetLink'>(404, { error: 'link_unknown' });
});

function iso(at: number): string {
  return new Date(at).toISOString();
}
