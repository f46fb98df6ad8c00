// GET /admin/people/:userId: one person as the relay sees them.

import { Hono } from 'hono';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { outboxOf } from '../platform/namespaces.ts';
import { answer } from './answer.ts';
import { ADMIN } from './contract.ts';

export const personRoutes = new Hono<RelayApp>();

personRoutes.get(ADMIN.person.path, ready, async (c) => {
  const userId = c.req.param('userId');
  const view = await outboxOf(c.env, c.get('config'), userId).view(userId);
  switch (view.kind) {
    case 'unknown':
      return answer(ADMIN.person, 404, { error: 'person_unknown' });
    case 'erased':
      return answer(ADMIN.person, 410, { error: 'person_erased' });
    case 'person': {
      const { person, traits, messages } = view;
      return answer(ADMIN.person, 200, { person, traits, messages });
    }
  }
});
