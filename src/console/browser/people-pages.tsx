// People: who is this, and what have they been told? Found by an id or an email; what changes something asks first.

import { Hono } from 'hono';

import type { RelayApp } from '../../door/ready.ts';
import { USER_ID } from '../../person/owner.ts';
import { outboxOf } from '../../platform/namespaces.ts';
import { auditPage } from '../audit.ts';
import { exportPage } from '../export.ts';
import { idOf, ownerOf, peopleWith, timelineOf } from '../relay.ts';
import type { Relay } from '../relay.ts';
import { shownAt } from '../shown.ts';
import { page } from './layout.tsx';
import { Empty } from './parts.tsx';
import { Person } from './person.tsx';

const PLACE = { title: 'People', at: 'people' } as const;

/** Pages of an export that one answer holds. */
const EXPORT_PAGES_MAX = 50;

export function peoplePages() {
  const pages = new Hono<RelayApp>();

  /** By ids: what stands in an address names nobody to a stranger. */
  pages.get('/', async (c) => {
    const wanted = c.req.query('q')?.trim() ?? '';
    const found = wanted.includes('@')
      ? NOBODY
      : await find({ env: c.env, config: c.get('config') }, wanted);
    const [only, ...others] = found.people;
    if (only !== undefined && others.length === 0) {
      return c.redirect(`/console/people/${only}`, 303);
    }
    return page(c, <Find wanted={wanted} found={found} token={c.get('formToken') ?? ''} />, PLACE);
  });

  /** By an email, which belongs in no address. */
  pages.post('/', async (c) => {
    const { q } = await c.req.parseBody();
    const wanted = typeof q === 'string' ? q.trim() : '';
    const found = await find({ env: c.env, config: c.get('config') }, wanted);
    auditPage(c, { action: 'find a person', on: wanted });
    const [only, ...others] = found.people;
    if (only !== undefined && others.length === 0) {
      return c.redirect(`/console/people/${only}`, 303);
    }
    return page(c, <Find wanted={wanted} found={found} token={c.get('formToken') ?? ''} />, PLACE);
  });

  pages.get('/:userId', async (c) => {
    const [userId, relay] = [c.req.param('userId'), { env: c.env, config: c.get('config') }];
    const timeline = await timelineOf(relay, userId);
    const shown = timeline.kind === 'person' ? await shownAt(relay, timeline.person) : null;
    auditPage(c, { action: 'look at a person', on: userId });
    const person = (
      <Person
        userId={userId}
        timeline={timeline}
        shown={shown}
        idOf={(seq) => idOf(relay, userId, seq)}
        token={c.get('formToken') ?? ''}
        note={c.req.query('note') ?? null}
        now={Date.now()}
      />
    );
    return page(c, person, {
      title: `Person ${userId}`,
      at: 'people',
      ...(timeline.kind === 'person' ? {} : { status: 404 }),
    });
  });

  addActions(pages);
  return pages;
}

/** What changes something, or hands something out. */
function addActions(pages: Hono<RelayApp>): void {
  pages.post('/:userId/identify', async (c) => {
    const [userId, relay] = [c.req.param('userId'), { env: c.env, config: c.get('config') }];
    await outboxOf(c.env, relay.config, userId).identifyAgain([userId]);
    auditPage(c, { action: 'send the identify again', on: userId });
    return c.redirect(`/console/people/${userId}?note=sent`, 303);
  });

  pages.post('/:userId/forget', async (c) => {
    const userId = c.req.param('userId');
    const { typed } = await c.req.parseBody();
    if (typed !== userId || !USER_ID.test(userId)) {
      return c.redirect(`/console/people/${encodeURIComponent(userId)}?note=typed`, 303);
    }
    await outboxOf(c.env, c.get('config'), userId).deletePerson(userId);
    auditPage(c, { action: 'forget a person', on: userId });
    return c.redirect(`/console/people/${userId}`, 303);
  });

  pages.get('/:userId/export', async (c) => {
    const userId = c.req.param('userId');
    const asked = { env: c.env, config: c.get('config'), userId };
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

type Found = { readonly people: readonly string[]; readonly isWhole: boolean };

const NOBODY: Found = { people: [], isWhole: true };

async function find(relay: Relay, wanted: string): Promise<Found> {
  if (USER_ID.test(wanted)) return { people: [wanted], isWhole: true };
  if (/^(cus|cs)_\w+$/.test(wanted)) {
    const owner = await ownerOf(relay, wanted);
    return { people: owner === null ? [] : [owner], isWhole: true };
  }
  return /^sub_\w+$/.test(wanted) || wanted.includes('@') ? peopleWith(relay, wanted) : NOBODY;
}

function Find(props: { readonly wanted: string; readonly found: Found; readonly token: string }) {
  const { wanted, found, token } = props;
  return (
    <>
      <h1>People</h1>
      <p class="quiet">By an email, a Clerk user id, a Stripe customer or a subscription.</p>
      <form method="post" action="/console/people" class="filters">
        <input type="hidden" name="token" value={token} />
        <label>
          Email or id
          <input name="q" value={wanted.includes('@') ? '' : wanted} size={36} required />
        </label>
        <button class="primary">Find</button>
      </form>
      <Results wanted={wanted} found={found} />
    </>
  );
}

function Results({ wanted, found }: { readonly wanted: string; readonly found: Found }) {
  if (wanted === '') return <></>;
  return (
    <>
      {found.people.length === 0 ? (
        <Empty>Nobody here is known by that.</Empty>
      ) : (
        <ul>
          {found.people.map((userId) => (
            <li>
              <a class="id" href={`/console/people/${userId}`}>
                {userId}
              </a>
            </li>
          ))}
        </ul>
      )}
      {found.isWhole ? null : (
        <p class="note">There are more people than one search looks through: search by an id.</p>
      )}
    </>
  );
}
