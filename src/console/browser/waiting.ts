// Waiting: whose events wait, and why? A link by hand says first what would be released, and to whom.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import { isOrganization } from '../../person/owner.ts';
import * as v from '../../platform/schema.ts';
import { auditPage } from '../audit.ts';
import { linkByHand } from '../link-by-hand.ts';
import { ownerOf, relayOf, timelineOf, waitingFor, waitingOf } from '../relay.ts';
import { ROUTES } from '../routes.ts';
import { page } from './page.ts';
import type { Console } from './page.ts';

/** A row is some 900 bytes, and a page is to be under 60 kB. */
const ROWS_MAX = 50;

export function waitingPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const waiting = await waitingOf(relayOf(c), ROWS_MAX);
    return page(c, 'waiting', { ...waiting, more: waiting.customers - ROWS_MAX });
  });

  pages.get('/link', async (c) => {
    const relay = relayOf(c);
    const { customer: customerId = '', person: userId = '' } = c.req.query();
    if (!v.safeParse(ROUTES.linkByHand.request, { customerId, userId }).success) {
      return notLinked(c, 'invalid');
    }
    const [owner, events, { kind }] = await Promise.all([
      ownerOf(relay, customerId),
      waitingFor(relay, customerId),
      timelineOf(relay, userId),
    ]);
    auditPage(c, { action: 'look at a person', on: userId });
    const isMoving = owner !== null && owner !== userId;
    const isCompany = isOrganization(userId);
    return page(c, 'link', { customerId, userId, owner, events, kind, isMoving, isCompany });
  });

  pages.post('/link', async (c) => {
    const asked = v.safeParse(ROUTES.linkByHand.request, await c.req.parseBody());
    if (!asked.success) return notLinked(c, 'invalid');
    const { kind } = await linkByHand(relayOf(c), asked.output);
    const { customerId, userId } = asked.output;
    auditPage(c, { action: 'link', on: customerId, outcome: kind });
    return kind === 'linked'
      ? c.redirect(`/console/people/${userId}?note=linked`, 303)
      : notLinked(c, kind);
  });
  return pages;
}

function notLinked(c: Console, kind: string): Promise<Response> {
  c.status(400);
  return page(c, 'not-linked', { kind });
}
