// GET /metrics: the figures of all shards as OpenMetrics text. Counters are kept in the shards' memory and written with
// the cursor, so they cost no row; a shard that is evicted in between has counted a little less.
// https://prometheus.io/docs/specs/om/open_metrics_spec/

import type { Context } from 'hono';

import type { RelayApp } from '../door/ready.ts';
import { figuresOf } from '../watch/figures.ts';
import type { ShardFigures } from '../watch/figures.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** What it is called, what it says, and its figure in a shard: one, or one for each of some labels. */
type Family = readonly [
  name: string,
  help: string,
  samples: (shard: ShardFigures) => number | readonly Sample[],
];

const CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export async function metrics(c: Context<RelayApp>): Promise<Response> {
  const figures = await figuresOf(c.env, c.get('config'));
  return c.body(metricsText(figures), 200, { 'Content-Type': CONTENT_TYPE });
}

const COUNTERS: readonly Family[] = [
  ['events', 'Events by provider and by what became of them.', eventSamples],
  ['messages_landed', 'Messages Customer.io has taken.', landedSamples],
  ['messages_parked', 'Messages put aside.', ({ outbox }) => outbox.counters.parked],
  ['requests', 'Requests to Customer.io.', ({ outbox }) => outbox.counters.requests],
  ['retries', 'Requests that have to be made again.', ({ outbox }) => outbox.counters.retries],
  ['mails', 'Transactional mails by what became of them.', mailSamples],
  [
    'rows_written',
    'Rows the outboxes have written, which is what Cloudflare bills.',
    // Not those of the links: their figure is in memory only, and a counter must not begin again at 0.
    ({ outbox }) => outbox.counters.rowsWritten,
  ],
];

const GAUGES: readonly Family[] = [
  ['pending', 'Accepted events not yet landed.', ({ outbox }) => outbox.pending],
  ['lag_seconds', 'Age of the oldest of them.', ({ outbox }) => outbox.lagMs / 1000],
  ['parked', 'What is put aside now.', ({ outbox }) => outbox.parked],
  [
    'erasures_refused',
    'Deletions that Customer.io refuses; they are asked again.',
    ({ outbox }) => outbox.refusedErasures,
  ],
  ['paused', '1 while delivery waits for somebody.', ({ outbox }) => Number(outbox.pause !== null)],
  ['mails_due', 'Mails not yet sent.', ({ outbox }) => outbox.mails.due],
  ['waiting_events', 'Events without a person.', ({ links }) => links.waiting],
  ['waiting_customers', 'Customers without a person.', ({ links }) => links.waitingCustomers],
  [
    'links_stuck',
    'Hand-overs and releases that have not got through for minutes.',
    ({ links }) => links.stuck,
  ],
  [
    'held_people',
    "People whose first message fails while others' land.",
    ({ outbox }) => outbox.held,
  ],
  ['held_messages', 'Their messages; they count as pending.', ({ outbox }) => outbox.heldMessages],
  [
    'organizations_large',
    'Organizations above ORGANIZATION_FANOUT_MAX.',
    ({ outbox }) => outbox.largeOrganizations,
  ],
  ['links', 'Customers with a person.', ({ links }) => links.links],
  [
    'stored_bytes',
    'What a shard stores, of the 10 GB it may.',
    ({ outbox, links }) => [
      [{ of: 'outbox' }, outbox.storedBytes],
      [{ of: 'links' }, links.storedBytes],
    ],
  ],
];

/** Pure. */
function metricsText(figures: readonly ShardFigures[]): string {
  const lines = [
    ...COUNTERS.flatMap((family) => linesOf('counter', family, figures)),
    ...GAUGES.flatMap((family) => linesOf('gauge', family, figures)),
  ];
  return `${lines.join('\n')}\n# EOF\n`;
}

function eventSamples({ outbox }: ShardFigures): Sample[] {
  return Object.entries(outbox.taken).flatMap(([provider, outcomes]) =>
    Object.entries(outcomes).map(([outcome, count]): Sample => [{ provider, outcome }, count]),
  );
}

function landedSamples({ outbox }: ShardFigures): Sample[] {
  return Object.entries(outbox.landed).map(([message, count]) => [{ message }, count]);
}

function mailSamples({ outbox }: ShardFigures): Sample[] {
  const outcomes = ['sent', 'retries', 'parked', 'skipped'] as const;
  return outcomes.map((outcome) => [{ outcome }, outbox.mails[outcome]]);
}

/** A counter's samples end in `_total`, its family does not. */
function linesOf(
  type: 'counter' | 'gauge',
  [name, help, samples]: Family,
  figures: readonly ShardFigures[],
): string[] {
  const family = `lifecycle_relay_${name}`;
  const sample = type === 'counter' ? `${family}_total` : family;
  const lines = figures.flatMap((shard) => {
    const found = samples(shard);
    const all: readonly Sample[] = typeof found === 'number' ? [[{}, found]] : found;
    return all.map(
      ([labels, value]) => `${sample}{${labelsText({ shard: shard.name, ...labels })}} ${value}`,
    );
  });
  return [`# TYPE ${family} ${type}`, `# HELP ${family} ${help}`, ...lines];
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
