// One person: what is true of them, what they have been told and why, what Customer.io shows beside it, and what may be done.

import type { ShownEntry } from '../../outbox/looks/entry.ts';
import type { Timeline } from '../../outbox/looks/looks.ts';
import type { Traits } from '../../person/facet.ts';
import { messageName } from '../../person/message.ts';
import type { Person as Known } from '../../person/person.ts';
import type { Beside } from '../shown.ts';
import { Mail, State } from './messages.tsx';
import { Action, Ago, Badge, Empty, Table, Text } from './parts.tsx';
import { TraitsOf } from './traits.tsx';

type Seen = {
  readonly userId: string;
  readonly timeline: Timeline;
  readonly shown: Beside | null;
  /** The entry's id in addresses. */
  readonly idOf: (seq: number) => string;
  readonly token: string;
  readonly note: string | null;
  readonly now: number;
};

export function Person(seen: Seen) {
  const { timeline, userId, note } = seen;
  if (timeline.kind !== 'person') {
    return <Nobody userId={userId} kind={timeline.kind} token={seen.token} />;
  }
  const { person, traits, entries } = timeline;
  const name =
    traits['name'] ?? [traits['firstName'], traits['lastName']].filter(Boolean).join(' ');
  return (
    <>
      <p class="quiet">
        <a href="/console/people">People</a>
      </p>
      <h1>{name === '' ? userId : <Text of={name} />}</h1>
      <p class="id quiet">
        {userId} <Plan traits={traits} />
      </p>
      {note === 'typed' ? (
        <p class="note bad" role="alert">
          What was typed is not this person's id: nothing was done.
        </p>
      ) : null}
      {note === 'sent' ? (
        <p class="note good" role="status">
          The identify is on its way: it stands on top of what they were told, and says when it has
          landed.
        </p>
      ) : null}
      <div class="columns">
        <div>
          <h2>What they were told</h2>
          <Told {...seen} entries={entries} />
        </div>
        <div>
          <TraitsOf traits={traits} shown={seen.shown} />
          <Subscriptions person={person} now={seen.now} />
          <Customers person={person} />
          <Actions userId={userId} token={seen.token} />
        </div>
      </div>
    </>
  );
}

function Nobody(props: { readonly userId: string; readonly kind: string; readonly token: string }) {
  const isErased = props.kind === 'erased';
  return (
    <>
      <h1>{isErased ? 'This person is deleted.' : 'Nobody here is known by that.'}</h1>
      <p class="id quiet">
        <Text of={props.userId} />
      </p>
      <p>
        {isErased
          ? 'A hash of the id is all that is kept, so that late news of them is refused for ever.'
          : 'No webhook has told of them, or it was longer ago than the relay exists.'}
      </p>
    </>
  );
}

function Plan({ traits }: { readonly traits: Traits }) {
  const [plan, status] = [traits['plan'], traits['subscriptionStatus']];
  if (typeof plan !== 'string') return <></>;
  return (
    <Badge tone={status === 'active' ? 'good' : 'warn'}>
      <Text of={typeof status === 'string' ? `${plan}, ${status}` : plan} />
    </Badge>
  );
}

function Told({ entries, idOf, now }: Seen & { readonly entries: readonly ShownEntry[] }) {
  if (entries.length === 0) return <Empty>Nothing that is still kept.</Empty>;
  return (
    <ol class="timeline" data-live="told">
      {entries.map((entry) => (
        <li>
          <p>
            <a href={`/console/webhooks/${idOf(entry.seq)}`}>
              {entry.webhook === null ? 'the relay itself' : <Text of={entry.webhook.type} />}
            </a>{' '}
            <Ago at={entry.at} now={now} />
          </p>
          <ul>
            {entry.messages.map((each) => (
              <li>
                <b>
                  <Text of={messageName(each.message)} />
                </b>{' '}
                <State of={each.state} />
                {each.mail === null ? null : <Mail mail={each.mail} now={now} />}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Subscriptions({ person, now }: { readonly person: Known; readonly now: number }) {
  const all = Object.values(person.subscriptions);
  if (all.length === 0) return <></>;
  return (
    <section>
      <h2>Subscriptions</h2>
      <Table label="Subscriptions" head={['Id', 'Plan', 'Status', 'A month', 'As of']}>
        {all.map(({ id, plan, status, monthlyMinor, currency, asOf }) => (
          <tr>
            <th scope="row" class="id">
              {id}
            </th>
            <td>
              <Text of={plan ?? '–'} />
            </td>
            <td>
              <Text of={status} />
            </td>
            <td class="number">
              {monthlyMinor === null ? '–' : `${(monthlyMinor / 100).toFixed(2)} ${currency ?? ''}`}
            </td>
            <td>
              <Ago at={asOf} now={now} />
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Customers({ person }: { readonly person: Known }) {
  if (person.customers.length === 0) return <></>;
  return (
    <section>
      <h2>Stripe customers</h2>
      <ul>
        {person.customers.map((customer) => (
          <li class="id">{customer}</li>
        ))}
      </ul>
    </section>
  );
}

function Actions({ userId, token }: { readonly userId: string; readonly token: string }) {
  const at = `/console/people/${userId}`;
  return (
    <section>
      <h2>What you can do</h2>
      <div class="actions">
        <Action to={`${at}/identify`} token={token} label="Send the identify again" />
        <a href={`${at}/export`}>Export all that is held</a>
      </div>
      <form class="actions" method="get" action="/console/waiting/link">
        <input type="hidden" name="person" value={userId} />
        <label>
          Link a Stripe customer
          <input name="customer" placeholder="cus_…" pattern="(cus|cs)_\w+" required />
        </label>
        <button>Look first</button>
      </form>
      <details>
        <summary>Forget this person</summary>
        <p>
          All that is held of them goes, here and at Customer.io, and late news of them is refused
          for ever. It touches this one person. Type the id to confirm.
        </p>
        <Action to={`${at}/forget`} token={token} label="Forget this person" isDangerous>
          <label>
            Clerk user id
            <input name="typed" autocomplete="off" required />
          </label>
        </Action>
      </details>
    </section>
  );
}
