// Mapping: what would this become? A payload, or a webhook that came not long ago, under what is in force and beside it under
// other tables; and what those would change of all that is here.

import { Hono } from 'hono/tiny';

import type { Config } from '../../config/config.ts';
import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { messageName } from '../../person/message.ts';
import { auditPage } from '../audit.ts';
import { configWith, explain } from '../explain.ts';
import type { Explanation } from '../explain.ts';
import { entriesOf, relayOf } from '../relay.ts';
import { entryUnder, whatWouldChange } from '../what-would-change.ts';
import { textIn } from './form.ts';
import { beside } from './messages.ts';
import { page } from './page.ts';
import type { Console } from './page.ts';

const TABLES = ['PLANS', 'EVENTS', 'TRAITS'] as const;

/** Entries looked at, and what there is to choose from: some of each type, or the most frequent would be all. */
const LOOKED_AT = 100;
const OF_A_TYPE = 4;
const CHOICES_MAX = 40;

type Form = Readonly<Record<string, unknown>>;

export function mappingPages(providers: readonly Provider[]) {
  const pages = new Hono<RelayApp>();

  pages.get('/', (c) => mappingPage(c, {}, NOTHING));

  pages.post('/', async (c) => {
    const form = await c.req.parseBody();
    const tables = TABLES.map((name) => [name, textIn(form[name])] as const);
    const changed = tables.filter(([, text]) => text !== '');
    const under = changed.length === 0 ? null : configWith(c.env, Object.fromEntries(changed));
    const would = under?.ok === true ? under.config : null;
    const of =
      textIn(form['payload']) === ''
        ? ofRecent(c, form, would)
        : ofPayload(c, form, { providers, would });
    return mappingPage(c, form, {
      ...(await of),
      change: would === null ? null : await whatWouldChange(relayOf(c), would.messages),
      problems: under?.ok === false ? under.problems : [],
    });
  });
  return pages;
}

/** `was`: under what is in force, `would`: under other tables, as far as there are any. */
const NOTHING = { was: null, would: null, isGone: false, change: null, problems: [] };

async function mappingPage(c: Console, form: Form, result: object): Promise<Response> {
  const tables = TABLES.map((name) => ({ name, text: textIn(form[name]) }));
  const isBeside = tables.some(({ text }) => text !== '');
  const recent = await recentOf(c, textIn(form['recent']));
  const asked = { payload: textIn(form['payload']), tables, isBeside, recent };
  return page(c, 'mapping', { ...NOTHING, ...asked, ...result });
}

/** The newest first. */
async function recentOf(c: Console, chosen: string) {
  const entries = (await entriesOf(relayOf(c), { newest: LOOKED_AT })).toSorted(
    (a, b) => b.at - a.at,
  );
  const webhooks = entries.flatMap(({ id, at, webhook, messages }) => {
    const told = messages.map(({ message }) => messageName(message));
    const about = { id, at, told, isChosen: id === chosen };
    return webhook === null ? [] : [{ ...about, type: webhook.type }];
  });
  return [...Map.groupBy(webhooks, ({ type }) => type).values()]
    .flatMap((alike) => alike.slice(0, OF_A_TYPE))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, CHOICES_MAX);
}

type Under = { readonly providers: readonly Provider[]; readonly would: Config | null };

async function ofPayload(c: Console, form: Form, { providers, would: config }: Under) {
  const payload = textIn(form['payload']);
  const asked = { providers, now: Date.now() };
  const was = explain(payload, { ...asked, config: c.get('config') });
  const would = config === null ? null : explain(payload, { ...asked, config });
  return {
    was: explained(was, would ?? was),
    would: would === null ? null : explained(would, was),
  };
}

/** Of one that was taken its body is not kept: what it told is, and what its person is now. */
async function ofRecent(c: Console, form: Form, would: Config | null) {
  const id = textIn(form['recent']);
  if (id === '') return {};
  const { messages: inForce } = c.get('config');
  const found = await entryUnder(relayOf(c), id, would?.messages ?? inForce);
  if (found === null) return { isGone: true };
  const { type, moments, userId } = found;
  auditPage(c, { action: 'look at a webhook', on: userId });
  const about = {
    outcome: 'accepted',
    type,
    reasons: [],
    person: null,
    moments,
    changes: null,
  } as const;
  const was = { ...about, messages: found.was };
  const then = would === null ? was : { ...about, messages: found.would };
  return { was: explained(was, then), would: would === null ? null : explained(then, was) };
}

/** With what differs from the other one marked. */
function explained(of: Explanation, other: Explanation) {
  return {
    ...of,
    isTold: of.outcome === 'accepted' || of.outcome === 'waiting',
    messages: of.messages.map((message) => beside(message, other.messages)),
  };
}
