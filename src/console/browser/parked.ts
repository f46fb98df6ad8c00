// Parked: what could not go? By reason and field; one of them with what it is; replayed or discarded one by one, a group at
// once, or all, with the number first, and a hundred a round.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { parseJson } from '../../platform/json.ts';
import { auditPage } from '../audit.ts';
import { discard, putBack } from '../put-back.ts';
import { parkedAt, parkedOf, relayOf } from '../relay.ts';
import { codeIn, numberIn } from './form.ts';
import { notFound, page } from './page.ts';
import type { Console } from './page.ts';
import { groupOf, roundOf, touchedBy } from './rounds.ts';

/** Of one parked thing more is not shown. */
const LINES_MAX = 500;

/** Groups, or members of one, on a page: beyond that they are counted. */
const ROWS_MAX = 100;

export function parkedPages(providers: readonly Provider[]) {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const { things, isWhole } = await parkedOf(relayOf(c));
    const groups = [...Map.groupBy(things, groupOf)].map(([of, members]) => ({
      of,
      count: members.length,
      reason: members[0]?.reason,
      detail: members[0]?.detail,
    }));
    const { did = '', count, stay, why } = c.req.query();
    const isOurs = did === 'replayed' || did === 'discarded';
    const done = { did: isOurs ? did : '', done: numberIn(count), stay: numberIn(stay) };
    const shown = groups.toSorted((a, b) => b.count - a.count).slice(0, ROWS_MAX);
    const all = { ...touchedBy(things, Date.now()), what: 'all', of: '', id: '' };
    return page(c, 'parked', {
      groups: shown,
      more: groups.length - shown.length,
      isWhole,
      ...done,
      why: codeIn(why),
      ...all,
    });
  });

  pages.get('/group', async (c) => {
    const of = c.req.query('of') ?? '';
    const listed = await parkedOf(relayOf(c));
    const things = listed.things.filter((each) => groupOf(each) === of);
    const all = { ...touchedBy(things, Date.now()), what: 'all', of, id: '' };
    const shown = { things: things.slice(0, ROWS_MAX), more: things.length - ROWS_MAX };
    return page(c, 'group', {
      ...shown,
      reason: things[0]?.reason,
      isWhole: listed.isWhole,
      ...all,
    });
  });

  pages.get('/:id', async (c) => {
    const id = c.req.param('id');
    const thing = await parkedAt(relayOf(c), id);
    if (thing === null) return notFound(c, 'gone');
    auditPage(c, { action: 'look at a parked thing', on: id });
    const one = { ...touchedBy([thing], Date.now()), what: '', of: '', id };
    const json = parseJson(thing.content);
    const { userId = '' } = Object(json);
    return page(c, 'parked-one', { ...thing, userId, lines: linesOf(json), isWhole: true, ...one });
  });

  pages.post('/', (c) => doRound(c, providers));
  return pages;
}

/** One round; the page goes on with the next. Repeated, it does nothing to what is gone. */
async function doRound(c: Console, providers: readonly Provider[]): Promise<Response> {
  const relay = { ...relayOf(c), providers };
  const form = await c.req.parseBody();
  const isDiscard = form['do'] === 'discard';
  // What says neither does neither.
  if (!isDiscard && form['do'] !== 'replay') return c.redirect('/console/parked', 303);
  const round = roundOf((await parkedOf(relay)).things, form);
  const did = isDiscard ? 'discarded' : 'replayed';
  const { of, left, seen } = round;
  const outcomes: string[] = [];
  for (const { id } of round.things) {
    outcomes.push(await (isDiscard ? discard : putBack)(relay, id));
  }
  const { count, why } = countedIn(outcomes, { did, ...round });
  const reason = /^[a-z_]+/.exec(of)?.[0] ?? 'all';
  const done = count - round.count;
  auditPage(c, { action: `${did} parked things`, on: null, count: done, left, reason });
  return left === 0
    ? c.redirect(`/console/parked?did=${did}&count=${count}&stay=${seen - count}&why=${why}`, 303)
    : page(c, 'round', { ...round, did, isDiscard, count, why, ends: seen + left });
}

/** How many were done by now, and why the last of the others was not. */
function countedIn(
  outcomes: readonly string[],
  before: { did: string; count: number; why: string },
) {
  const others = outcomes.filter((outcome) => outcome !== before.did);
  const count = before.count + outcomes.length - others.length;
  return { count, why: others.at(-1)?.replace('not_found', 'gone') ?? before.why };
}

/** Line by line, so that what a stranger wrote within one cannot make another. */
function linesOf(json: unknown): readonly string[] {
  return JSON.stringify(json, null, 2).split('\n').slice(0, LINES_MAX);
}
