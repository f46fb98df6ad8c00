// Mapping: what would this become? A payload, under what is in force and beside it under what would be.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { configWith, explain } from '../explain.ts';
import type { Explanation } from '../explain.ts';
import { beside } from './messages.ts';
import { page, relayOf } from './page.ts';
import type { Console } from './page.ts';

const TABLES = ['PLANS', 'EVENTS', 'TRAITS'] as const;

export function mappingPages(providers: readonly Provider[]) {
  const pages = new Hono<RelayApp>();

  pages.get('/', (c) => mappingPage(c, {}, { was: null, would: null, problems: [] }));

  pages.post('/', async (c) => {
    const form = await c.req.parseBody();
    const { config } = relayOf(c);
    const payload = textOf(form['payload']);
    const asked = { providers, now: Date.now() };
    const was = explain(payload, { ...asked, config });
    const tables = TABLES.map((name) => [name, textOf(form[name])] as const);
    const changed = tables.filter(([, text]) => text !== '');
    const under = changed.length === 0 ? null : configWith(c.env, Object.fromEntries(changed));
    const would = under?.ok === true ? explain(payload, { ...asked, config: under.config }) : null;
    return mappingPage(c, form, {
      was: explained(was, was),
      would: would === null ? null : explained(would, was),
      problems: under?.ok === false ? under.problems : [],
    });
  });
  return pages;
}

function mappingPage(c: Console, form: Readonly<Record<string, unknown>>, result: object) {
  const tables = TABLES.map((name) => ({ name, text: textOf(form[name]) }));
  const isBeside = tables.some(({ text }) => text !== '');
  const asked = { payload: textOf(form['payload']), tables, isBeside };
  return page(c, 'mapping', { ...asked, ...result });
}

function textOf(field: unknown): string {
  return typeof field === 'string' ? field.trim() : '';
}

/** With what differs from the other one marked. */
function explained(of: Explanation, other: Explanation) {
  return {
    ...of,
    isTold: of.outcome === 'accepted' || of.outcome === 'waiting',
    messages: of.messages.map((message, index) => beside(message, other.messages[index])),
  };
}
