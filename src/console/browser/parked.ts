// Parked: what could not go? By reason and field; one of them with what it is; replayed or discarded one by one, a group at
// once, or all, a hundred a round, with the number first.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import type { ParkedLine } from '../../outbox/parked/shelf.ts';
import { parseJson } from '../../platform/json.ts';
import { auditPage } from '../audit.ts';
import { discard, putBack } from '../put-back.ts';
import { parkedAt, parkedOf } from '../relay.ts';
import { notFound, page, relayOf } from './page.ts';

/** Each is a call or three, and a request may make a thousand. */
const AT_ONCE_MAX = 100;

/** Of one parked thing more is not shown. */
const LINES_MAX = 500;

export function parkedPages(providers: readonly Provider[]) {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const things = await parkedOf(relayOf(c));
    const groups = [...Map.groupBy(things, groupOf)];
    const { did = '', count = '0' } = c.req.query();
    const isOurs = did === 'replayed' || did === 'discarded';
    const done = { did: isOurs ? did : '', count: Number(count) };
    const all = { total: things.length, what: 'all', of: '', id: '' };
    return page(c, 'parked', { groups, ...done, ...all });
  });

  pages.get('/group', async (c) => {
    const of = c.req.query('of') ?? '';
    const things = (await parkedOf(relayOf(c))).filter((each) => groupOf(each) === of);
    const reason = things[0]?.reason;
    const all = { total: things.length, what: 'of this group', of, id: '' };
    return page(c, 'group', { things, reason, ...all });
  });

  pages.get('/:id', async (c) => {
    const id = c.req.param('id');
    const thing = await parkedAt(relayOf(c), id);
    if (thing === null) return notFound(c);
    auditPage(c, { action: 'look at a parked thing', on: id });
    const { reason, detail, about, content } = thing;
    const one = { total: 1, what: '', of: '', id };
    const lines = linesOf(content);
    return page(c, 'parked-one', { reason, detail, about, lines, ...one });
  });

  /** One, a group or all, at most so many at once. Repeated, it does nothing to what is gone. */
  pages.post('/', async (c) => {
    const relay = { ...relayOf(c), providers };
    const { do: what, of = '', id = '' } = await c.req.parseBody();
    const all = await parkedOf(relay);
    const things = all
      .filter((each) => (id !== '' ? each.id === id : of === '' || groupOf(each) === of))
      .slice(0, AT_ONCE_MAX);
    const did = what === 'discard' ? 'discarded' : 'replayed';
    let count = 0;
    for (const thing of things) {
      const outcome = await (did === 'discarded' ? discard : putBack)(relay, thing.id);
      if (outcome === did) count += 1;
    }
    const reason = /^[a-z_]+/.exec(typeof of === 'string' ? of : '')?.[0] ?? 'all';
    auditPage(c, { action: `${did} parked things`, on: null, count, reason });
    return c.redirect(`/console/parked?did=${did}&count=${count}`, 303);
  });
  return pages;
}

/** Which parked things are alike: by reason, and by what is wrong without the values that differ. */
function groupOf({ reason, detail }: Pick<ParkedLine, 'reason' | 'detail'>): string {
  return `${reason} ${detail.replaceAll(/\d+/g, '…').slice(0, 80)}`.trim();
}

/** Line by line, so that what a stranger wrote within one cannot make another. */
function linesOf(content: string): readonly string[] {
  return JSON.stringify(parseJson(content), null, 2).split('\n').slice(0, LINES_MAX);
}
