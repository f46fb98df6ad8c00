// The measures, each on a stage of its own. Figures of one run on one machine: only their ratios mean something elsewhere.

import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';

import { until } from '../../src/start/until.ts';
import { ADMIN_TOKEN } from '../support/relay.ts';
import {
  clerkWebhooks,
  closedLoop,
  KNOWN_CUSTOMERS,
  openLoop,
  percentiles,
  webhooksOf,
} from './load.ts';
import type { Kind, Load, Signed } from './load.ts';
import { cpuMs, memoryMb, outboxFiles, scriptOf, startWorker } from './stage.ts';
import type { Upstream, WorkerName } from './stage.ts';

const PREPARED = 40_000;
/** After it every customer that is to be known is. */
const WARM_UP = KNOWN_CUSTOMERS;

/** Webhooks per second at 2xx, every connection busy. */
export async function throughput(
  upstream: Upstream,
  name: WorkerName,
  about: {
    readonly connections: number;
    /** Null: it is down. */
    readonly latencyMs: number | null;
    readonly seconds: number;
    readonly kind?: Kind;
  },
): Promise<Load & { readonly cpuMsPerWebhook: number }> {
  const { latencyMs, kind = 'clerk' } = about;
  await upstream.set(latencyMs === null ? { isDown: true } : { latencyMs });
  const worker = await startWorker(name, upstream);
  const all = webhooksOf(kind, WARM_UP + PREPARED);
  await closedLoop(worker.url, all.slice(0, WARM_UP), { connections: 16, seconds: 10 });
  const webhooks = all.slice(WARM_UP);
  const cpuBefore = cpuMs(worker.pid);
  const load = await closedLoop(worker.url, webhooks, about);
  const cpuMsPerWebhook = (cpuMs(worker.pid) - cpuBefore) / Math.max(1, load.answered);
  await worker.close();
  return { ...load, cpuMsPerWebhook: Math.round(cpuMsPerWebhook * 1000) / 1000 };
}

/** 300 webhooks a second while Customer.io takes 100 requests a second: what is not 2xx is lost to the first try. */
export async function rateLimited(upstream: Upstream, name: WorkerName, seconds: number) {
  await upstream.set({ rateLimit: 100 });
  const worker = await startWorker(name, upstream);
  const webhooks = clerkWebhooks(300 * seconds);
  const load = await openLoop(worker.url, webhooks, 300);
  await upstream.landed(webhooks.length, 20_000);
  const { landedAt } = await upstream.notes();
  await worker.close();
  const landed = webhooks.filter(({ userId }) => landedAt[userId] !== undefined).length;
  return { sent: webhooks.length, refusedByUs: load.failed, notLanded: webhooks.length - landed };
}

/** Answers at 100 webhooks a second, open loop. */
export async function answers(upstream: Upstream, isDown: boolean, seconds: number): Promise<Load> {
  await upstream.set({ isDown });
  const worker = await startWorker('relay', upstream);
  await closedLoop(worker.url, clerkWebhooks(WARM_UP), { connections: 16, seconds: 10 });
  const load = await openLoop(worker.url, clerkWebhooks(100 * seconds), 100);
  await worker.close();
  return load;
}

/** From the webhook being sent to its first message at Customer.io, at 100 a second; and what was counted meanwhile. */
export async function landing(
  upstream: Upstream,
  about: {
    readonly lingerMs: number;
    readonly seconds: number;
    readonly script?: string | undefined;
  },
) {
  const { lingerMs, seconds, script } = about;
  await upstream.set({});
  const vars = { LINGER_MS: String(lingerMs), ADMIN_TOKEN };
  const worker = await startWorker('relay', upstream, { vars, script });
  await closedLoop(worker.url, clerkWebhooks(WARM_UP), { connections: 16, seconds: 10 });
  await upstream.landed(WARM_UP, 10_000);
  // Every shard has made its tables by now: what is counted from here on is what goes on for ever.
  const rowsBefore = await rowsWritten(worker.url);
  await upstream.set({});
  const webhooks = clerkWebhooks(100 * seconds);
  const { sentAt } = await openLoop(worker.url, webhooks, 100);
  await upstream.landed(webhooks.length, 20_000);
  const { landedAt, requests } = await upstream.notes();
  const rows = (await rowsWritten(worker.url)) - rowsBefore;
  await worker.close();
  const times = webhooks.flatMap(({ userId }) => {
    const at = landedAt[userId];
    return at === undefined ? [] : [at - (sentAt.get(userId) ?? at)];
  });
  const requestsPer1000 = Math.round((requests * 1000) / webhooks.length);
  const rowsPerWebhook = Math.round((rows * 100) / webhooks.length) / 100;
  return { ...percentiles(times), requestsPer1000, rowsPerWebhook };
}

/** By the outboxes so far: what SQLite has counted, so without alarms that were set. */
async function rowsWritten(url: string): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  const shards = [...text.matchAll(/^lifecycle_relay_rows_written_total\{.*\} (\d+)$/gm)];
  if (shards.length === 0) throw new Error('/metrics has no rows');
  return shards.reduce((sum, [, rows]) => sum + Number(rows), 0);
}

/** One webhook a second and nothing beside it, from being sent to its first message at Customer.io. */
export async function landingAlone(upstream: Upstream, script?: string) {
  await upstream.set({});
  const worker = await startWorker('relay', upstream, { script });
  await closedLoop(worker.url, clerkWebhooks(WARM_UP), { connections: 16, seconds: 10 });
  await upstream.landed(WARM_UP, 10_000);
  await upstream.set({});
  const webhooks = clerkWebhooks(20);
  const { sentAt } = await openLoop(worker.url, webhooks, 1);
  await upstream.landed(webhooks.length, 20_000);
  const { landedAt } = await upstream.notes();
  await worker.close();
  return percentiles(
    webhooks.flatMap(({ userId }) => {
      const at = landedAt[userId];
      return at === undefined ? [] : [at - (sentAt.get(userId) ?? at)];
    }),
  );
}

/** How fast what piled up without a key is drained under the default rate limit, once there is one. */
export async function drained(upstream: Upstream, webhooks: number) {
  await upstream.set({});
  const without = await startWorker('relay', upstream, { vars: { CUSTOMERIO_TRACK_TOKEN: '' } });
  await closedLoop(without.url, clerkWebhooks(webhooks), { connections: 32, seconds: 120 });
  await without.kill();
  const worker = await startWorker('relay', upstream, { folder: without.folder });
  // Asking for its health wakes every shard.
  await fetch(`${worker.url}/healthz`);
  const cpuBefore = cpuMs(worker.pid);
  await until(async () => (await upstream.notes()).messages >= webhooks * 2, 120_000);
  const cpuPerMessage = (cpuMs(worker.pid) - cpuBefore) / (webhooks * 2);
  const { firstAt, lastAt, messages, requests, busiestSecond } = await upstream.notes();
  await worker.close();
  const seconds = Math.max(0.001, (lastAt - firstAt) / 1000);
  const perSecond = Math.round(messages / seconds);
  return { messages, requests, busiestSecond, perSecond, cpuUs: Math.round(cpuPerMessage * 1000) };
}

/** A shard that holds a million entries: its memory, and its answers. */
export async function millionPending(upstream: Upstream) {
  await upstream.set({ isDown: true });
  const vars = { SHARDS: '1' };
  const before = await startWorker('relay', upstream, { vars });
  const [first, ...others] = clerkWebhooks(501);
  await closedLoop(before.url, first === undefined ? [] : [first], { connections: 1, seconds: 5 });
  await before.kill();
  for (const file of outboxFiles(before.folder)) fill(file);
  const worker = await startWorker('relay', upstream, { vars, folder: before.folder });
  const load = await closedLoop(worker.url, others, { connections: 16, seconds: 20 });
  const health = await fetch(`${worker.url}/healthz`).then((response) => response.status);
  const memory = memoryMb(worker.pid);
  await worker.close();
  const idle = await startWorker('empty', upstream);
  const idleMb = memoryMb(idle.pid);
  await idle.close();
  return { memoryMb: memory, idleMb, health, answered: load.answered, p95: load.p95 };
}

function fill(file: string): void {
  const db = new DatabaseSync(file);
  const names = db.prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_[0-9]*'`).all();
  const table = names.at(-1)?.['name'];
  if (table !== undefined) {
    db.exec(`
      INSERT INTO ${String(table)}
      WITH RECURSIVE number (n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM number WHERE n < 1000100)
      SELECT n, ${Date.now()}, 'p' || (n % 50000), 0,
        '[{"type":"track","userId":"user_' || n || '","event":"checkout_completed","messageId":"' ||
        printf('%026d', n) || '","timestamp":"2026-11-24T12:00:00.000Z","properties":{"amount":49}}]'
      FROM number`);
  }
  db.close();
}

export function bundleKb(): number {
  return Math.round(gzipSync(readFileSync(scriptOf('relay'))).length / 100) / 10;
}

/** CPU until the first answer, beyond what an empty Worker takes. Median of some starts. */
export async function startUpMs(upstream: Upstream): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const ours = await startCpu(upstream, 'relay');
    times.push(ours - (await startCpu(upstream, 'empty')));
  }
  return percentiles(times).p50;
}

async function startCpu(upstream: Upstream, name: WorkerName): Promise<number> {
  const worker = await startWorker(name, upstream);
  const ms = cpuMs(worker.pid);
  await worker.close();
  return ms;
}

export type { Signed };
