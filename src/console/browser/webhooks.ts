// Webhooks: what came in, what became of it, whether it landed; and one of them: what it changed, what it told, and the rule
// that mailed.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import { auditPage } from '../audit.ts';
import { linesOf } from '../lines.ts';
import { entryAt, relayOf } from '../relay.ts';
import { textIn } from './form.ts';
import { notFound, page } from './page.ts';

const FIELDS = ['provider', 'type', 'outcome', 'person', 'before'] as const;

export function webhookPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const asked = FIELDS.map((name) => [name, textIn(c.req.query(name))] as const);
    const { before = '', ...given } = Object.fromEntries(asked.filter(([, value]) => value !== ''));
    // A browser's field of a time says no zone; ours are all UTC.
    const at = Date.parse(`${before}Z`);
    const isTimeWrong = before !== '' && Number.isNaN(at);
    const until = Number.isNaN(at) ? {} : { before: at };
    const lines = await linesOf(relayOf(c), { ...given, ...until });
    const isFiltered = asked.some(([, value]) => value !== '');
    const filter = Object.fromEntries(asked);
    return page(c, 'webhooks', { filter, isFiltered, isTimeWrong, lines });
  });

  pages.get('/:id', async (c) => {
    const id = c.req.param('id');
    const entry = await entryAt(relayOf(c), id);
    if (entry === null) return notFound(c, 'gone');
    if (entry.userId !== null) auditPage(c, { action: 'look at a webhook', on: entry.userId });
    const afterMs = Math.max(0, (entry.landedAt ?? 0) - entry.at);
    return page(c, 'webhook', { ...entry, afterMs, shard: id.split('-')[0] });
  });
  return pages;
}
