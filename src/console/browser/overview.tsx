// Overview: is all well, and if not, what do I do? One verdict, what is wrong with what helps, and how it has gone.

import type { Config } from '../../config/config.ts';
import type { Health } from '../../watch/health.ts';
import { incidentsOf } from '../../watch/incidents.ts';
import type { ShardState } from '../relay.ts';
import { Bars } from './bars.tsx';
import { Ago, Badge, Code, counted, durationText, Empty, Figure, Table } from './parts.tsx';

type Seen = {
  readonly states: readonly ShardState[];
  readonly health: Health;
  readonly config: Config;
  readonly now: number;
};

export function Overview(seen: Seen) {
  const troubles = troublesOf(seen);
  return (
    <>
      <Verdict troubles={troubles} states={seen.states} />
      <div data-live="/console">
        <Figures {...seen} />
        <Bars states={seen.states} now={seen.now} />
        <Providers {...seen} />
        <Delivery {...seen} />
      </div>
      <Settings config={seen.config} />
    </>
  );
}

type Trouble = { readonly code: string; readonly detail: string };

/** What health says, and what alerts would; one line a code. */
function troublesOf({ states, health, config, now }: Seen): Trouble[] {
  const told = incidentsOf(
    states.map(({ outbox }) => outbox),
    { now, isKeyMissing: false, lagAlertMs: config.outbox.lagAlertMs },
  );
  const known = new Set(health.problems.map(({ code }) => code));
  const more = Object.entries(told)
    .filter(([code]) => !known.has(code))
    .map(([code, detail]) => ({ code, detail }));
  return [...health.problems, ...more];
}

function Verdict({
  troubles,
  states,
}: {
  readonly troubles: readonly Trouble[];
  readonly states: readonly ShardState[];
}) {
  const waiting = sum(states, ({ links }) => links.waitingCustomers);
  if (troubles.length === 0) {
    return (
      <section class="verdict good">
        <h1>All is well.</h1>
        <p>
          {waiting === 0
            ? 'Webhooks come in, and what they tell lands at Customer.io.'
            : `What has a person lands. For theirs waits: ${counted(waiting, 'customer')}.`}
        </p>
      </section>
    );
  }
  return (
    <section class="verdict bad">
      <h1>
        {troubles.length === 1 ? 'One thing needs you.' : `${troubles.length} things need you.`}
      </h1>
      <ul class="troubles">
        {troubles.map(({ code, detail }) => (
          <li>
            <p>
              <Code code={code} />
            </p>
            <p class="quiet">{detail}</p>
            <PlaceOf code={code} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function PlaceOf({ code }: { readonly code: string }) {
  return code === 'parked' ? (
    <p>
      <a href="/console/parked">See what is parked</a>
    </p>
  ) : (
    <></>
  );
}

function Figures({ states, config }: Seen) {
  const lagMs = Math.max(0, ...states.map(({ outbox }) => outbox.lagMs));
  const parked = sum(states, ({ outbox }) => outbox.parked);
  const isLate = lagMs > config.outbox.lagAlertMs;
  return (
    <ul class="figures">
      <Figure
        label="Lag"
        value={lagMs === 0 ? 'none' : durationText(lagMs)}
        tone={isLate ? 'bad' : 'calm'}
      />
      <Figure label="Pending" value={sum(states, ({ outbox }) => outbox.pending)} />
      <Figure label="Held" value={sum(states, ({ outbox }) => outbox.held)} />
      <Figure
        label="Waiting"
        value={sum(states, ({ links }) => links.waiting)}
        to="/console/waiting"
      />
      <Figure
        label="Parked"
        value={parked}
        tone={parked > 0 ? 'warn' : 'calm'}
        to="/console/parked"
      />
      <Figure label="Mails due" value={sum(states, ({ outbox }) => outbox.mails.due)} />
    </ul>
  );
}

function Providers({ states, now }: Seen) {
  const last: Record<string, number> = {};
  for (const { outbox } of states) {
    for (const [provider, at] of Object.entries(outbox.lastEventAt)) {
      last[provider] = Math.max(at, last[provider] ?? 0);
    }
  }
  const rows = Object.entries(last);
  return (
    <section>
      <h2>Last webhook</h2>
      {rows.length === 0 ? (
        <Empty>
          None has come yet. <a href="/console/setup">Set up an endpoint</a>
        </Empty>
      ) : (
        <dl class="pairs">
          {rows.map(([provider, at]) => (
            <>
              <dt>{provider}</dt>
              <dd>
                <Ago at={at} now={now} />
              </dd>
            </>
          ))}
        </dl>
      )}
    </section>
  );
}

function Delivery({ states, now }: Seen) {
  return (
    <section>
      <h2>Delivery, by shard</h2>
      <Table
        label="Delivery, by shard"
        head={['Shard', 'State', 'Pending', 'Lag', 'Last landed', 'Next attempt', 'Links']}
      >
        {states.map((state) => (
          <ShardRow state={state} now={now} />
        ))}
      </Table>
    </section>
  );
}

function ShardRow({ state, now }: { readonly state: ShardState; readonly now: number }) {
  const { name, outbox, course, links } = state;
  const { attempt, lastLandedAt, notBefore } = course ?? {
    attempt: 0,
    lastLandedAt: 0,
    notBefore: 0,
  };
  const isLater = outbox.pending > 0 && notBefore > now;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <StateOf pause={outbox.pause} attempt={attempt} />
      </td>
      <td class="number">{outbox.pending}</td>
      <td class="number">{outbox.lagMs === 0 ? '–' : durationText(outbox.lagMs)}</td>
      <td>{lastLandedAt === 0 ? 'never' : <Ago at={lastLandedAt} now={now} />}</td>
      <td>{isLater ? <Ago at={notBefore} now={now} /> : '–'}</td>
      <td class="number">{links.links}</td>
    </tr>
  );
}

function StateOf({ pause, attempt }: { readonly pause: string | null; readonly attempt: number }) {
  if (pause !== null) return <Badge tone="bad">{`paused: ${pause}`}</Badge>;
  if (attempt > 0) return <Badge tone="warn">{`failing, ${attempt} times`}</Badge>;
  return <Badge tone="good">flowing</Badge>;
}

/** Names of what is set, and never a value that is a secret. */
function Settings({ config }: { readonly config: Config }) {
  const { messages, read, outbox, emails, lookups } = config;
  const rows: readonly (readonly [string, string])[] = [
    [
      'Shards',
      `${config.shards}${config.jurisdiction === null ? '' : `, in ${config.jurisdiction}`}`,
    ],
    [
      'Look-ups',
      [lookups.stripe, lookups.clerk].some(({ key }) => key !== null) ? 'on' : 'no key set',
    ],
    ['Plans named', String(Object.keys(read.plans).length)],
    ['Extra traits', Object.keys(read.traits).join(', ') || 'none'],
    ['Events renamed or dropped', Object.keys(messages.events).join(', ') || 'none'],
    ['Mails by rule', Object.keys(emails.rules).join(', ') || 'none'],
    ['Kept', `messages ${outbox.journalDays} days, unreadable webhooks ${outbox.parkedDays} days`],
  ];
  return (
    <details>
      <summary>Configuration in force</summary>
      <dl class="pairs">
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </details>
  );
}

function sum(states: readonly ShardState[], of: (state: ShardState) => number): number {
  return states.reduce((all, state) => all + of(state), 0);
}
