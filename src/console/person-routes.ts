// One person as the relay sees them, and their deletion by hand.

import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { USER_ID } from '../person/owner.ts';
import { outboxOf } from '../platform/namespaces.ts';
import { answer } from './answer.ts';
import { exportPage } from './export.ts';
import { relayOf } from './relay.ts';
import { ROUTES } from './routes.ts';

export const personRoutes = new Hono<RelayApp>();

personRoutes.get(ROUTES.person.path, ready, async (c) => {
  const userId = c.req.param('userId');
  const view = await outboxOf(c.env, c.get('config'), userId).view(userId);
  switch (view.kind) {
    case 'unknown':
      return answer<'person'>(404, { error: 'person_unknown' });
    case 'erased':
      return answer<'person'>(410, { error: 'person_erased' });
    case 'person': {
      const { person, traits, messages } = view;
      return answer<'person'>(200, { person, traits, messages });
    }
  }
});

/** Also of somebody deleted, and of somebody nobody has heard of: then there is a hash, or nothing. */
personRoutes.get(ROUTES.exportPerson.path, ready, async (c) => {
  const asked = { ...relayOf(c), userId: c.req.param('userId') };
  const page = await exportPage(asked, c.req.query('after') ?? '');
  if (page === null) return answer<'exportPerson'>(400, { error: 'after_invalid' });
  const held = page.held.map(({ table, row }) => ({ table, row: JSON.parse(row) }));
  return answer<'exportPerson'>(200, { held, next: page.next });
});

/** Also of somebody nobody has heard of: what comes of them later is refused, too. */
personRoutes.delete(ROUTES.deletePerson.path, ready, async (c) => {
  const userId = c.req.param('userId');
  if (!USER_ID.test(userId)) return answer<'deletePerson'>(400, { error: 'user_id_invalid' });
  const outcome = await outboxOf(c.env, c.get('config'), userId).deletePerson(userId);
  return answer<'deletePerson'>(200, { userId, outcome });
});
