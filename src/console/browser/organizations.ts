// Organizations: who is in it, what does it pay for, and what was told to whom?

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import { auditPage } from '../audit.ts';
import { organizationAt } from '../organization.ts';
import { relayOf } from '../relay.ts';
import { organizationView } from './organization.ts';
import { page } from './page.ts';

export function organizationPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/:id', async (c) => {
    const [id, after] = [c.req.param('id'), c.req.query('after') ?? ''];
    const seen = await organizationAt(relayOf(c), id, after);
    auditPage(c, { action: 'look at an organization', on: id });
    if (seen.kind !== 'organization') {
      c.status(404);
      return page(c, 'no-organization', { id, kind: seen.kind });
    }
    return page(c, 'organization', { ...organizationView(seen.view), after });
  });
  return pages;
}
