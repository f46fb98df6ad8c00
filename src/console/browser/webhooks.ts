// Webhooks: what came in, what became of it, whether it landed; and one of them: what it changed, what it told, and the rule
// that mailed.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import type { FoundEntry } from '../../outbox/looks/looks.ts';
import { auditPage } from '../audit.ts';
import { linesOf } from '../lines.ts';
import type { Line, LineFilter } from '../lines.ts';
import { entryAt } from '../relay.ts';
import { shownChanges, shownMessage } from './messages.ts';
import { notFound, page, relayOf } from './page.ts';

const FIELDS = ['provider', 'type', 'outcome', 'person'] as const;
const CHOICES = [
  { name: 'provider', label: 'Provider', values: ['clerk', 'stripe'] },
  {
    name: 'outcome',
    label: 'Outcome',
    values: ['accepted', 'waiting', 'parked', 'duplicate', 'ignored'],
  },
] as const;

export function webhookPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const asked = FIELDS.map((name) => [name, c.req.query(name)?.trim() ?? ''] as const);
    const filter: LineFilter = Object.fromEntries(asked.filter(([, value]) => value !== ''));
    const lines = await linesOf(relayOf(c), filter);
    return page(c, 'webhooks', listOf(lines, filter));
  });

  pages.get('/:id', async (c) => {
    const id = c.req.param('id');
    const entry = await entryAt(relayOf(c), id);
    if (entry === null) return notFound(c);
    if (entry.userId !== null) auditPage(c, { action: 'look at a webhook', on: entry.userId });
    return page(c, 'webhook', entryView(entry, id));
  });
  return pages;
}

function listOf(lines: readonly Line[], filter: LineFilter) {
  return {
    type: filter.type ?? '',
    person: filter.person ?? '',
    isFiltered: Object.keys(filter).length > 0,
    choices: CHOICES.map(({ name, label, values }) => ({
      name,
      label,
      values: values.map((value) => ({ value, isChosen: value === filter[name] })),
    })),
    lines: lines.map(({ told, landedAt, ...line }) => ({
      ...line,
      landedAt,
      told: told.join(', '),
      tookMs: Math.max(0, (landedAt ?? 0) - line.at),
    })),
  };
}

function entryView({ webhook, messages, ...entry }: FoundEntry, id: string) {
  const [shard = ''] = id.split('-');
  return {
    ...entry,
    webhook,
    moments: webhook?.moments.join(', '),
    changes: shownChanges(webhook?.changes ?? null),
    afterMs: Math.max(0, (entry.landedAt ?? 0) - entry.at),
    messages: messages.map((each) => shownMessage(each, shard)),
  };
}
