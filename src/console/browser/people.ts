// People: who is this, and what have they been told? Found by an id or an email; what changes something asks first.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import { usersByEmail } from '../../links/ask.ts';
import { isOrganization, SUBJECT_ID, USER_ID } from '../../person/owner.ts';
import { isolateNet } from '../../platform/cloudflare.ts';
import { outboxOf } from '../../platform/namespaces.ts';
import { shardName, shardOf } from '../../platform/shards.ts';
import { auditPage } from '../audit.ts';
import { exportPage } from '../export.ts';
import { linksAt, ownerOf, peopleWith, relayOf, timelineOf } from '../relay.ts';
import type { Relay } from '../relay.ts';
import { shownAt } from '../shown.ts';
import { textIn } from './form.ts';
import { page } from './page.ts';
import type { Console } from './page.ts';
import { personView } from './person.ts';

/** Pages of an export that one answer holds. */
const EXPORT_PAGES_MAX = 50;

export function peoplePages() {
  const pages = new Hono<RelayApp>();

  /** By ids: what stands in an address names nobody to a stranger. */
  pages.get('/', (c) => {
    const wanted = textIn(c.req.query('q'));
    return findPage(c, wanted.includes('@') ? '' : wanted);
  });

  /** By an email, which belongs in no address. */
  pages.post('/', async (c) => {
    const wanted = textIn((await c.req.parseBody())['q']);
    auditPage(c, { action: 'find a person', on: wanted });
    return findPage(c, wanted);
  });

  pages.get('/:userId', async (c) => {
    const [userId, relay] = [c.req.param('userId'), relayOf(c)];
    if (isOrganization(userId)) return c.redirect(`/console/organizations/${userId}`, 302);
    const timeline = await timelineOf(relay, userId);
    auditPage(c, { action: 'look at a person', on: userId });
    if (timeline.kind !== 'person') {
      c.status(404);
      return page(c, 'nobody', { userId, kind: timeline.kind });
    }
    const [shown, links] = await Promise.all([
      shownAt(relay.config, timeline, isolateNet()),
      linksAt(relay, timeline.person.customers),
    ]);
    return page(c, 'person', {
      ...personView(timeline, shown),
      userId,
      shown,
      customers: links,
      shard: shardName(shardOf(userId, relay.config.shards)),
      note: c.req.query('note'),
    });
  });

  addActions(pages);
  return pages;
}

/** What changes something, or hands something out. */
function addActions(pages: Hono<RelayApp>): void {
  pages.post('/:userId/identify', async (c) => {
    const userId = c.req.param('userId');
    await outboxOf(c.env, c.get('config'), userId).identifyAgain([userId]);
    auditPage(c, { action: 'send the identify again', on: userId });
    return c.redirect(`/console/people/${encodeURIComponent(userId)}?note=sent`, 303);
  });

  pages.post('/:userId/forget', async (c) => {
    const userId = c.req.param('userId');
    const { typed } = await c.req.parseBody();
    const at = `/console/people/${encodeURIComponent(userId)}`;
    if (typed !== userId || !USER_ID.test(userId)) return c.redirect(`${at}?note=typed`, 303);
    await outboxOf(c.env, c.get('config'), userId).deletePerson(userId);
    auditPage(c, { action: 'forget a person', on: userId });
    return c.redirect(at, 303);
  });

  pages.get('/:userId/export', async (c) => {
    const userId = c.req.param('userId');
    const asked = { ...relayOf(c), userId };
    const held: unknown[] = [];
    let next: string | null = '';
    for (let pageNumber = 0; next !== null && pageNumber < EXPORT_PAGES_MAX; pageNumber += 1) {
      const found: Awaited<ReturnType<typeof exportPage>> = await exportPage(asked, next);
      held.push(...(found?.held ?? []).map(({ table, row }) => ({ table, row: JSON.parse(row) })));
      next = found?.next ?? null;
    }
    auditPage(c, { action: 'export a person', on: userId });
    const headers = { 'Content-Disposition': 'attachment; filename="person.json"' };
    return c.json({ held, isWhole: next === null }, 200, headers);
  });
}

/** The person themselves where only one is found. */
async function findPage(c: Console, wanted: string): Promise<Response> {
  const found = await find(relayOf(c), wanted);
  const [only, ...others] = found.people;
  if (only !== undefined && others.length === 0) return c.redirect(`/console/people/${only}`, 303);
  const asked = { isAsked: wanted !== '', wanted: wanted.includes('@') ? '' : wanted };
  return page(c, 'people', { ...found, ...asked });
}

type Found = { readonly people: readonly string[]; readonly isWhole: boolean };

async function find(relay: Relay, wanted: string): Promise<Found> {
  if (SUBJECT_ID.test(wanted)) return { people: [wanted], isWhole: true };
  if (/^(cus|cs)_\w+$/.test(wanted)) {
    const owner = await ownerOf(relay, wanted);
    return { people: owner === null ? [] : [owner], isWhole: true };
  }
  const atClerk = wanted.includes('@')
    ? await usersByEmail(relay.config, wanted, isolateNet())
    : [];
  if (atClerk.length > 0) return { people: atClerk, isWhole: true };
  const isName = wanted !== '' && relay.config.messages.organizations !== undefined;
  return /^sub_\w+$/.test(wanted) || wanted.includes('@') || isName
    ? peopleWith(relay, wanted)
    : { people: [], isWhole: true };
}
