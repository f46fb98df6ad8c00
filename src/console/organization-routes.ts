// One organization as the relay sees it, for the operator.

import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { answer } from './answer.ts';
import { organizationAt } from './organization.ts';
import { relayOf } from './relay.ts';
import { ROUTES } from './routes.ts';

export const organizationRoutes = new Hono<RelayApp>();

organizationRoutes.get(ROUTES.organization.path, ready, async (c) => {
  const id = c.req.param('organizationId');
  const seen = await organizationAt(relayOf(c), id, c.req.query('after') ?? '');
  switch (seen.kind) {
    case 'unknown':
      return answer<'organization'>(404, { error: 'subject_unknown' });
    case 'erased':
      return answer<'organization'>(410, { error: 'subject_erased' });
    case 'organization':
      return answer<'organization'>(200, seen.view);
  }
});
