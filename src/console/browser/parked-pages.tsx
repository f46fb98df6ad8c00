// Parked: what could not go? By reason and field; one of them with what it is; replayed or discarded one by one, a group at
// once, or all, a hundred a round, with the number first.

import { Hono } from 'hono';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import type { ParkedThing } from '../../outbox/parked/shelf.ts';
import { auditPage } from '../audit.ts';
import { discard, putBack } from '../put-back.ts';
import { parkedAt, parkedOf } from '../relay.ts';
import { page } from './layout.tsx';
import { Message } from './message.tsx';
import { groupOf } from './parked-group.ts';
import { Group, Parked, ParkedOne } from './parked.tsx';

const PLACE = { title: 'Parked', at: 'parked' } as const;

/** Each is a call or three, and a request may make a thousand. */
const AT_ONCE_MAX = 100;

export function parkedPages(providers: readonly Provider[]) {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const things = await parkedOf({ env: c.env, config: c.get('config') });
    const token = c.get('formToken') ?? '';
    const done = { did: c.req.query('did') ?? '', count: Number(c.req.query('count') ?? 0) };
    return page(c, <Parked things={things} token={token} done={done} now={Date.now()} />, PLACE);
  });

  pages.get('/group', async (c) => {
    const things = await parkedOf({ env: c.env, config: c.get('config') });
    const wanted = c.req.query('of') ?? '';
    const members = things.filter((each) => groupOf(each) === wanted);
    const token = c.get('formToken') ?? '';
    return page(c, <Group name={wanted} things={members} token={token} now={Date.now()} />, PLACE);
  });

  pages.get('/:id', async (c) => {
    const id = c.req.param('id');
    const thing = await parkedAt({ env: c.env, config: c.get('config') }, id);
    if (thing === null) {
      return page(c, <Message code="not_found" />, { ...PLACE, status: 404 });
    }
    auditPage(c, { action: 'look at a parked thing', on: id });
    return page(c, <ParkedOne {...shown(thing, id)} token={c.get('formToken') ?? ''} />, PLACE);
  });

  /** One, a group or all. What is left comes with the next round, until nothing more can be done. */
  pages.post('/', async (c) => {
    const relay = { env: c.env, config: c.get('config'), providers };
    const { do: what, of = '', id = '', count: before = '0' } = await c.req.parseBody();
    const all = await parkedOf(relay);
    const things = all
      .filter((each) => (id !== '' ? each.id === id : of === '' || groupOf(each) === of))
      .slice(0, AT_ONCE_MAX);
    let count = 0;
    for (const thing of things) {
      const outcome =
        what === 'discard' ? await discard(relay, thing.id) : await putBack(relay, thing.id);
      if (outcome === 'replayed' || outcome === 'discarded') count += 1;
    }
    const did = what === 'discard' ? 'discarded' : 'replayed';
    auditPage(c, {
      action: `${did} parked things`,
      on: null,
      count,
      reason: reasonIn(typeof of === 'string' ? of : ''),
    });
    return c.redirect(`/console/parked?did=${did}&count=${Number(before) + count}`, 303);
  });
  return pages;
}

function reasonIn(group: string): string {
  return /^[a-z_]+/.exec(group)?.[0] ?? 'all';
}

function shown({ at, reason, detail, about, content }: ParkedThing, id: string) {
  return { id, at, reason, detail, about, content };
}
