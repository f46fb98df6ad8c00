// GET /metrics: the figures of all shards as OpenMetrics text. Counters are kept in the shards' memory and written with
// the cursor, so they cost no row; a shard that is evicted in between has counted a little less.
// https://prometheus.io/docs/specs/om/open_metrics_spec/

import type { Context } from 'hono';

import type { RelayApp } from '../door/ready.ts';
import { figuresOf } from '../watch/figures.ts';
import type { ShardFigures } from '../watch/figures.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

type Family = {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: readonly Sample[];
};

const CONTENT_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export async function metrics(c: Context<RelayApp>): Promise<Response> {
  const figures = await figuresOf(c.env, c.get('config'));
  return c.body(metricsText(figures), 200, { 'Content-Type': CONTENT_TYPE });
}

/** Pure. */
function metricsText(figures: readonly ShardFigures[]): string {
  const families = [
    ...flowFamilies(figures),
    ...stateFamilies(figures),
    ...waitingFamilies(figures),
  ];
  return `${families.flatMap(linesOf).join('\n')}\n# EOF\n`;
}

function flowFamilies(figures: readonly ShardFigures[]): Family[] {
  const perShard = (value: (shard: ShardFigures) => number) => samplesOf(figures, value);
  const mailed = ['sent', 'retries', 'parked', 'skipped'] as const;
  return [
    counter('events', 'Events by provider and by what became of them.', eventSamples(figures)),
    counter('messages_landed', 'Messages Customer.io has taken.', landedSamples(figures)),
    counter(
      'messages_parked',
      'Messages put aside.',
      perShard(({ outbox }) => outbox.counters.parked),
    ),
    counter(
      'requests',
      'Requests to Customer.io.',
      perShard(({ outbox }) => outbox.counters.requests),
    ),
    counter(
      'retries',
      'Requests that have to be made again.',
      perShard(({ outbox }) => outbox.counters.retries),
    ),
    counter(
      'mails',
      'Transactional mails by what became of them.',
      figures.flatMap(({ name, outbox }) =>
        mailed.map((outcome): Sample => [{ shard: name, outcome }, outbox.mails[outcome]]),
      ),
    ),
    counter(
      'rows_written',
      'Rows the outboxes have written, which is what Cloudflare bills.',
      // Not those of the links: their figure is in memory only, and a counter must not begin again at 0.
      perShard(({ outbox }) => outbox.counters.rowsWritten),
    ),
  ];
}

function stateFamilies(figures: readonly ShardFigures[]): Family[] {
  const perShard = (value: (shard: ShardFigures) => number) => samplesOf(figures, value);
  return [
    gauge(
      'pending',
      'Accepted events not yet landed.',
      perShard(({ outbox }) => outbox.pending),
    ),
    gauge(
      'lag_seconds',
      'Age of the oldest of them.',
      perShard(({ outbox }) => outbox.lagMs / 1000),
    ),
    gauge(
      'parked',
      'What is put aside now.',
      perShard(({ outbox }) => outbox.parked),
    ),
    gauge(
      'erasures_refused',
      'Deletions that Customer.io refuses; they are asked again.',
      perShard(({ outbox }) => outbox.refusedErasures),
    ),
    gauge(
      'paused',
      '1 while delivery waits for somebody.',
      perShard(({ outbox }) => (outbox.pause === null ? 0 : 1)),
    ),
    gauge(
      'mails_due',
      'Mails not yet sent.',
      perShard(({ outbox }) => outbox.mails.due),
    ),
  ];
}

function waitingFamilies(figures: readonly ShardFigures[]): Family[] {
  const perShard = (value: (shard: ShardFigures) => number) => samplesOf(figures, value);
  return [
    gauge(
      'waiting_events',
      'Events without a person.',
      perShard(({ links }) => links.waiting),
    ),
    gauge(
      'waiting_customers',
      'Customers without a person.',
      perShard(({ links }) => links.waitingCustomers),
    ),
    gauge(
      'links_stuck',
      'Hand-overs and releases that have not got through for minutes.',
      perShard(({ links }) => links.stuck),
    ),
    gauge(
      'held_people',
      "People whose first message fails while others' land.",
      perShard(({ outbox }) => outbox.held),
    ),
    gauge(
      'held_messages',
      'Their messages; they count as pending.',
      perShard(({ outbox }) => outbox.heldMessages),
    ),
    gauge(
      'links',
      'Customers with a person.',
      perShard(({ links }) => links.links),
    ),
    gauge('stored_bytes', 'What a shard stores, of the 10 GB it may.', [
      ...figures.map(({ name, outbox }): Sample => [
        { shard: name, of: 'outbox' },
        outbox.storedBytes,
      ]),
      ...figures.map(({ name, links }): Sample => [
        { shard: name, of: 'links' },
        links.storedBytes,
      ]),
    ]),
  ];
}

function eventSamples(figures: readonly ShardFigures[]): Sample[] {
  return figures.flatMap(({ name, outbox }) =>
    Object.entries(outbox.taken).flatMap(([provider, outcomes]) =>
      Object.entries(outcomes).map(([outcome, count]): Sample => [
        { shard: name, provider, outcome },
        count,
      ]),
    ),
  );
}

function landedSamples(figures: readonly ShardFigures[]): Sample[] {
  return figures.flatMap(({ name, outbox }) =>
    Object.entries(outbox.landed).map(([message, count]): Sample => [
      { shard: name, message },
      count,
    ]),
  );
}

function samplesOf(
  figures: readonly ShardFigures[],
  value: (shard: ShardFigures) => number,
): Sample[] {
  return figures.map((shard) => [{ shard: shard.name }, value(shard)]);
}

function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'counter', help, samples };
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

/** A counter's samples end in `_total`, its family does not. */
function linesOf({ name, type, help, samples }: Family): string[] {
  const family = `lifecycle_relay_${name}`;
  const sample = type === 'counter' ? `${family}_total` : family;
  return [
    `# TYPE ${family} ${type}`,
    `# HELP ${family} ${help}`,
    ...samples.map(([labels, value]) => `${sample}{${labelsText(labels)}} ${value}`),
  ];
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
