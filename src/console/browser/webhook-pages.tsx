// Webhooks: what came in, what became of it, whether it landed; and one of them: what it changed, what it told, and the rule
// that mailed.

import { Hono } from 'hono';

import type { RelayApp } from '../../door/ready.ts';
import type { FoundEntry } from '../../outbox/looks/looks.ts';
import { codeOf } from '../../watch/codes.ts';
import { auditPage } from '../audit.ts';
import { linesOf } from '../lines.ts';
import type { Line, LineFilter } from '../lines.ts';
import { entryAt } from '../relay.ts';
import { Changes } from './changes.tsx';
import { page } from './layout.tsx';
import { Message } from './message.tsx';
import { Messages } from './messages.tsx';
import { Ago, Badge, clock, durationText, Empty, Table, Text } from './parts.tsx';

const FIELDS = ['provider', 'type', 'outcome', 'person'] as const;

export function webhookPages() {
  const pages = new Hono<RelayApp>();
  pages.get('/', async (c) => {
    const asked = FIELDS.map((name) => [name, c.req.query(name)?.trim() ?? ''] as const);
    const filter: LineFilter = Object.fromEntries(asked.filter(([, value]) => value !== ''));
    const lines = await linesOf({ env: c.env, config: c.get('config') }, filter);
    const list = <Webhooks lines={lines} filter={filter} now={Date.now()} />;
    return page(c, list, { title: 'Webhooks', at: 'webhooks' });
  });
  pages.get('/:id', async (c) => {
    const id = c.req.param('id');
    const entry = await entryAt({ env: c.env, config: c.get('config') }, id);
    const frame = { title: `Webhook ${id}`, at: 'webhooks' };
    if (entry === null) return page(c, <Message code="not_found" />, { ...frame, status: 404 });
    if (entry.userId !== null) auditPage(c, { action: 'look at a webhook', on: entry.userId });
    return page(c, <Webhook entry={entry} now={Date.now()} />, frame);
  });
  return pages;
}

function Webhooks(props: {
  readonly lines: readonly Line[];
  readonly filter: LineFilter;
  readonly now: number;
}) {
  const { lines, filter, now } = props;
  return (
    <>
      <h1>Webhooks</h1>
      <p class="quiet">
        The newest of all shards. Duplicates and ignored ones are kept in memory alone: a restart
        forgets them.
      </p>
      <Filters filter={filter} />
      <div data-live="webhooks">
        {lines.length === 0 ? (
          <Empty>
            {Object.keys(filter).length === 0
              ? 'None has come since the relay was started.'
              : 'None of the newest is like that.'}
          </Empty>
        ) : (
          <Table label="Webhooks" head={['When', 'Event', 'Outcome', 'Person', 'Told', 'Landed']}>
            {lines.map((line) => (
              <Row line={line} now={now} />
            ))}
          </Table>
        )}
      </div>
    </>
  );
}

function Filters({ filter }: { readonly filter: LineFilter }) {
  return (
    <form class="filters" method="get" action="/console/webhooks">
      <Choice name="provider" values={['clerk', 'stripe']} chosen={filter.provider} />
      <Choice
        name="outcome"
        values={['accepted', 'waiting', 'parked', 'duplicate', 'ignored']}
        chosen={filter.outcome}
      />
      <label>
        Type
        <input name="type" value={filter.type ?? ''} placeholder="invoice.paid" />
      </label>
      <label>
        Person
        <input name="person" value={filter.person ?? ''} placeholder="user_…" />
      </label>
      <button>Filter</button>
      <button type="button" class="pause" data-pause aria-pressed="false" hidden>
        Stop live
      </button>
    </form>
  );
}

function Choice(props: {
  readonly name: string;
  readonly values: readonly string[];
  readonly chosen: string | undefined;
}) {
  return (
    <label>
      {props.name === 'provider' ? 'Provider' : 'Outcome'}
      <select name={props.name}>
        <option value="">all</option>
        {props.values.map((value) => (
          <option value={value} selected={value === props.chosen}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}

const TONES: Readonly<Record<string, 'good' | 'bad' | 'warn' | 'calm'>> = {
  accepted: 'good',
  landed: 'good',
  waiting: 'warn',
  pending: 'warn',
  held: 'warn',
  parked: 'bad',
};

function Row({ line, now }: { readonly line: Line; readonly now: number }) {
  const { id, at, provider, type, outcome, reason, userId, told } = line;
  const name = (
    <>
      <span class="quiet">{provider}</span> <Text of={type} />
    </>
  );
  return (
    <tr>
      <td>
        <Ago at={at} now={now} />
      </td>
      <td>{id === null ? name : <a href={`/console/webhooks/${id}`}>{name}</a>}</td>
      <td>
        <Badge tone={TONES[outcome] ?? 'calm'}>{outcome}</Badge>
        {reason === null ? null : <p class="quiet">{codeOf(reason)?.sentence ?? reason}</p>}
      </td>
      <td class="id">
        {userId === null ? '–' : <a href={`/console/people/${userId}`}>{userId}</a>}
      </td>
      <td>{told.length === 0 ? '–' : <Text of={told.join(', ')} />}</td>
      <Landed line={line} />
    </tr>
  );
}

function Landed({ line: { at, landing, landedAt } }: { readonly line: Line }) {
  return (
    <td class="nowrap">
      {landing === 'none' ? '–' : <Badge tone={TONES[landing] ?? 'calm'}>{landing}</Badge>}{' '}
      {landedAt === null ? null : (
        <small class="quiet">{`after ${durationText(Math.max(0, landedAt - at))}`}</small>
      )}
    </td>
  );
}

function Webhook({ entry, now }: { readonly entry: FoundEntry; readonly now: number }) {
  const { webhook, at, userId } = entry;
  return (
    <>
      <p class="quiet">
        <a href="/console/webhooks">Webhooks</a>
      </p>
      <h1>
        {webhook === null ? (
          'No webhook: something of the relay itself'
        ) : (
          <Text of={webhook.type} />
        )}
      </h1>
      <dl class="pairs">
        <dt>Came</dt>
        <dd>
          {clock(at)} UTC, <Ago at={at} now={now} />
        </dd>
        {webhook === null ? null : (
          <>
            <dt>Provider</dt>
            <dd>{webhook.provider}</dd>
            <dt>Event</dt>
            <dd class="id">
              <Text of={webhook.id} />
            </dd>
          </>
        )}
        <dt>Person</dt>
        <dd class="id">
          {userId === null ? 'deleted' : <a href={`/console/people/${userId}`}>{userId}</a>}
        </dd>
        <dt>Told</dt>
        <dd>{webhook?.moments.join(', ') || 'no moment: only what is true has changed'}</dd>
      </dl>
      <h2>What it changed</h2>
      <Changes changes={webhook?.changes ?? null} />
      <h2>What was sent</h2>
      <Messages entry={entry} now={now} />
    </>
  );
}
