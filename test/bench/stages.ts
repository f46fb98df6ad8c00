// npm run bench -- --stages: where the CPU of one webhook goes, stage by stage, in this process over node:sqlite. No network, no RPC
// and no disk: what is left is our own code and SQLite's statements, which are counted. Median of several turns.

import { DatabaseSync } from 'node:sqlite';

import Table from 'cli-table3';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Config } from '../../src/config/config.ts';
import type { Reading } from '../../src/intake/provider.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { secretsOf } from '../../src/intake/secrets.ts';
import { accept } from '../../src/outbox/people/accept.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import { median } from './figures.ts';
import { linksAlone } from './links-alone.ts';
import { clerkWebhooks, SECRETS, stripeWebhooks } from './load.ts';
import type { Signed } from './load.ts';

const WEBHOOKS = 1500;
const TURNS = 5;

type EventReading = Extract<Reading, { kind: 'event' }>;
type Stage = 'verify' | 'parse' | 'read' | 'place' | 'accept';

/** Microseconds of CPU and statements, each for one webhook. */
type Cost = { us: number; statements: number };

const ENV = {
  CLERK_WEBHOOK_SIGNING_SECRET: SECRETS.clerk,
  STRIPE_WEBHOOK_SECRET: SECRETS.stripe,
};

/** Prints one row for each stage. */
export async function stages(): Promise<void> {
  const kinds: Readonly<Record<string, () => Signed[]>> = {
    'Stripe, new customer': () => stripeWebhooks(WEBHOOKS, 'new'),
    'Stripe, known customer': () => stripeWebhooks(WEBHOOKS, 'known'),
    'Clerk, sign-up': () => clerkWebhooks(WEBHOOKS),
  };
  const head = ['webhook', 'verify', 'parse', 'read', 'place', 'accept', 'all'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [kind, make] of Object.entries(kinds)) {
    const turns: Record<Stage, Cost>[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await measured(make()));
    const names: Stage[] = ['verify', 'parse', 'read', 'place', 'accept'];
    const costs = names.map((name) => ({
      us: Math.round(median(turns.map((each) => each[name].us))),
      statements: turns.at(-1)?.[name].statements ?? 0,
    }));
    const texts = costs.map(({ us, statements }) =>
      statements === 0 ? `${us} us` : `${us} us, ${statements} statements`,
    );
    table.push([kind, ...texts, `${costs.reduce((sum, { us }) => sum + us, 0)} us`]);
  }
  console.log(`CPU of a webhook in Node, by stage\n${table.toString()}`);
}

async function measured(webhooks: readonly Signed[]): Promise<Record<Stage, Cost>> {
  const shards = openShards();
  const costs = {} as Record<Stage, Cost>;
  const stage = async <Of, Made>(
    name: Stage,
    all: readonly Of[],
    work: (one: Of) => Made | Promise<Made>,
  ): Promise<Made[]> => {
    const before = shards.statements();
    const { user: from } = process.cpuUsage();
    const made: Made[] = [];
    for (const one of all) made.push(await work(one));
    const us = (process.cpuUsage().user - from) / all.length;
    const statements = (shards.statements() - before) / all.length;
    costs[name] = { us, statements: Math.round(statements * 10) / 10 };
    return made;
  };
  const { path = '' } = webhooks[0] ?? {};
  const provider = PROVIDERS.find(({ name }) => path.endsWith(name));
  const secrets = provider === undefined ? null : secretsOf(provider, ENV);
  if (provider === undefined || secrets === null) throw new Error(`no provider at ${path}`);
  const now = Date.now();
  await stage('verify', webhooks, async ({ headers, body }) => {
    const { ok } = await provider.verify({ headers, body, now }, secrets);
    if (!ok) throw new Error('not verified');
  });
  const jsons = await stage('parse', webhooks, ({ body }) => JSON.parse(body) as unknown);
  const readings = await stage('read', jsons, (json) => {
    const reading = provider.read({ json, deliveryId: 'msg', receivedAt: now }, shards.config.read);
    if (reading.kind !== 'event') throw new Error(reading.kind);
    return reading;
  });
  const placed = await stage('place', readings, (reading) => shards.place(provider.name, reading));
  await stage('accept', placed, shards.accept);
  return costs;
}

function openShards() {
  const configured = readConfig(ENV);
  if (!configured.ok) throw new Error(configured.problems.join());
  const { config } = configured;
  let statements = 0;
  const counted = () => {
    const below = platformOver(new DatabaseSync(':memory:'));
    const exec: typeof below.sql.exec = (query, ...values) => {
      statements += 1;
      return below.sql.exec(query, ...values);
    };
    return { ...below, sql: { exec } };
  };
  const storage = openStorage(counted());
  const links = linksAlone(counted(), Date.now);
  return {
    config,
    statements: () => statements,
    place: (provider: string, reading: EventReading) => placeOne(links, provider, reading),
    accept: (placed: Placed) => acceptOne(storage, config, placed),
  };
}

type Placed = Pick<Parameters<typeof accept>[1], 'userId' | 'event'>;

function placeOne(links: ReturnType<typeof linksAlone>, provider: string, reading: EventReading) {
  const { id, type, customerId, claims, news, userId } = reading;
  const event = { provider, id, type, customerId, news };
  if (customerId === null) return { userId: userId ?? '', event };
  const placement = links.place({ customerId, userId, claims, event });
  if (placement.kind !== 'person') throw new Error(placement.kind);
  const { kind: _, ...by } = placement;
  return { userId: by.userId, event: { ...event, ...by } };
}

function acceptOne(storage: ReturnType<typeof openStorage>, config: Config, placed: Placed) {
  const now = Date.now();
  const { outcome } = storage.takeIn((tables) =>
    accept(tables, { ...placed, now }, config.messages),
  );
  if (outcome !== 'accepted') throw new Error(outcome);
}
