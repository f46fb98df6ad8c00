// Waiting: whose events wait, and why? A link by hand says first what would be released, and to whom.

import { Hono } from 'hono';

import type { RelayApp } from '../../door/ready.ts';
import type { WaitingView } from '../../links/figures.ts';
import { auditPage } from '../audit.ts';
import { ADMIN } from '../contract.ts';
import { linkByHand } from '../link-by-hand.ts';
import type { HandLink } from '../link-by-hand.ts';
import { ownerOf, timelineOf, waitingOf } from '../relay.ts';
import { page } from './layout.tsx';
import { Action, Ago, Code, counted, Empty, Table, Text } from './parts.tsx';

const PLACE = { title: 'Waiting', at: 'waiting' } as const;

export function waitingPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const waiting = await waitingOf({ env: c.env, config: c.get('config') });
    return page(c, <Waiting waiting={waiting} now={Date.now()} />, PLACE);
  });

  pages.get('/link', async (c) => {
    const relay = { env: c.env, config: c.get('config') };
    const { customer: customerId = '', person: userId = '' } = c.req.query();
    const asked = ADMIN.linkByHand.request.safeParse({ customerId, userId });
    if (!asked.success) return page(c, <Invalid />, { ...PLACE, status: 400 });
    const [owner, waiting, timeline] = await Promise.all([
      ownerOf(relay, customerId),
      waitingOf(relay),
      timelineOf(relay, userId),
    ]);
    auditPage(c, { action: 'look at a person', on: userId });
    const events = waiting.find(({ key }) => key === customerId)?.events ?? 0;
    const preview = { ...asked.data, owner, events, kind: timeline.kind };
    return page(c, <Preview {...preview} token={c.get('formToken') ?? ''} />, PLACE);
  });

  pages.post('/link', async (c) => {
    const asked = ADMIN.linkByHand.request.safeParse(await c.req.parseBody());
    if (!asked.success) return page(c, <Invalid />, { ...PLACE, status: 400 });
    const linked = await linkByHand({ env: c.env, config: c.get('config') }, asked.data);
    const { customerId, userId } = asked.data;
    auditPage(c, { action: 'link', on: customerId, outcome: linked.kind });
    if (linked.kind === 'linked') return c.redirect(`/console/people/${userId}`, 303);
    return page(c, <Refused kind={linked.kind} />, { ...PLACE, status: 400 });
  });
  return pages;
}

function Waiting(props: { readonly waiting: readonly WaitingView[]; readonly now: number }) {
  const { waiting, now } = props;
  const events = waiting.reduce((all, each) => all + each.events, 0);
  return (
    <>
      <h1>Waiting</h1>
      <p class="quiet">
        Events whose person is not known yet. They are kept, and go on in order the moment somebody
        says whose they are.
      </p>
      {waiting.length === 0 ? (
        <Empty>Nothing waits.</Empty>
      ) : (
        <div data-live="waiting">
          <p>{`${counted(events, 'event')} of ${counted(waiting.length, 'customer')}.`}</p>
          <Table
            label="Waiting"
            head={['Customer', 'Events', 'Since', 'Why', 'Next look-up', 'Link by hand']}
          >
            {waiting.map((each) => (
              <tr>
                <th scope="row" class="id">
                  <Text of={each.key} />
                </th>
                <td class="number">{each.events}</td>
                <td>
                  <Ago at={each.since} now={now} />
                </td>
                <td>
                  <Code code={each.why} />
                </td>
                <td>{each.nextAt === null ? 'none' : <Ago at={each.nextAt} now={now} />}</td>
                <td>
                  <LinkForm customerId={each.key} />
                </td>
              </tr>
            ))}
          </Table>
        </div>
      )}
    </>
  );
}

function LinkForm({ customerId }: { readonly customerId: string }) {
  return (
    <form class="action" method="get" action="/console/waiting/link">
      <input type="hidden" name="customer" value={customerId} />
      <input
        name="person"
        aria-label={`Clerk user of ${customerId}`}
        placeholder="user_…"
        pattern="user_[A-Za-z0-9]+"
        size={14}
        required
      />
      <button>Look first</button>
    </form>
  );
}

function Preview(
  props: HandLink & {
    readonly owner: string | null;
    readonly events: number;
    readonly kind: string;
    readonly token: string;
  },
) {
  const { customerId, userId, owner, events, kind, token } = props;
  return (
    <>
      <h1>Link by hand</h1>
      <dl class="pairs">
        <dt>Stripe customer</dt>
        <dd class="id">{customerId}</dd>
        <dt>Belongs to</dt>
        <dd class="id">{owner ?? 'nobody yet'}</dd>
        <dt>Will belong to</dt>
        <dd class="id">
          <a href={`/console/people/${userId}`}>{userId}</a>
          {kind === 'person' ? '' : ', of whom nothing has been heard yet'}
        </dd>
      </dl>
      <p>
        {events === 0
          ? 'No event waits: nothing is released.'
          : `${counted(events, 'waiting event')} will be released to this one person, in order.`}
        {owner === null || owner === userId
          ? ''
          : ' What the customer brought leaves the person it belongs to now, and both are identified anew.'}
      </p>
      {kind === 'erased' ? (
        <p class="note bad">This person is deleted: nothing can be linked to them.</p>
      ) : (
        <Action
          to="/console/waiting/link"
          token={token}
          label="Link"
          fields={{ customerId, userId }}
        />
      )}
    </>
  );
}

function Invalid() {
  return (
    <>
      <h1>Nothing was linked.</h1>
      <p>A Stripe customer (cus_… or cs_…) and a Clerk user (user_…) are needed.</p>
      <p>
        <a href="/console/waiting">Back</a>
      </p>
    </>
  );
}

function Refused({ kind }: { readonly kind: string }) {
  return (
    <>
      <h1>Nothing was linked.</h1>
      <p>
        {kind === 'person_erased'
          ? 'This person is deleted.'
          : 'Newer news says whose this customer is, and stands.'}
      </p>
      <p>
        <a href="/console/waiting">Back</a>
      </p>
    </>
  );
}
