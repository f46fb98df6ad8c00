// The stage of a measurement: the upstream as a process, a Worker on `workerd serve`, and what the machine says of them.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { ready, startNode, stop } from '../../src/start/children.ts';
import { until } from '../../src/start/until.ts';
import { newFolder } from '../support/processes.ts';
import { bundle, serve } from '../support/workerd.ts';
import type { Served } from '../support/workerd.ts';
import { SECRETS } from './load.ts';
import type { Notes } from './upstream.ts';

export type Upstream = Awaited<ReturnType<typeof startUpstream>>;

export async function startUpstream() {
  const child = startNode('upstream', [path.join(import.meta.dirname, 'upstream.ts')]);
  // A measurement that fails must not leave it running.
  process.once('exit', () => stop(child));
  const url = await ready(child, async () => {
    const line = child.log.find((each) => each.startsWith('{"url"'));
    return line === undefined ? null : (JSON.parse(line) as { url: string }).url;
  });

  async function set(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const fine = { latencyMs: 0, isDown: false, rateLimit: null, reset: true };
    const body = JSON.stringify({ ...fine, ...settings });
    await fetch(`${url}/_bench`, { method: 'POST', body });
  }

  async function notes(): Promise<Notes> {
    const response = await fetch(`${url}/_bench`);
    return (await response.json()) as Notes;
  }

  /** True once so many people's first messages have arrived. */
  function landed(people: number, timeoutMs: number): Promise<boolean> {
    return until(async () => Object.keys((await notes()).landedAt).length >= people, timeoutMs);
  }

  return { url, set, notes, landed, close: () => stop(child) };
}

export type WorkerName = 'relay' | 'docs-style' | 'floor' | 'verify-only' | 'empty';

const scripts = new Map<WorkerName, string>();
const scriptFolder = newFolder('workerd');

export function scriptOf(name: WorkerName): string {
  const entry = path.join(import.meta.dirname, 'workers', `${name}.ts`);
  const script = scripts.get(name) ?? bundle(scriptFolder, name === 'relay' ? undefined : entry);
  scripts.set(name, script);
  return script;
}

export function startWorker(
  name: WorkerName,
  upstream: Upstream,
  more: {
    readonly vars?: Readonly<Record<string, string>>;
    readonly folder?: string;
    /** Another Worker than this checkout's. */
    readonly script?: string | undefined;
  } = {},
): Promise<Served> {
  const objects: Record<string, Readonly<Record<string, string>>> = {
    relay: { OUTBOX: 'Outbox', LINKS: 'Links', SYNC: 'Sync' },
    floor: { FLOOR: 'Floor' },
  };
  return serve({
    script: more.script ?? scriptOf(name),
    objects: objects[name] ?? {},
    vars: {
      CLERK_WEBHOOK_SIGNING_SECRET: SECRETS.clerk,
      STRIPE_WEBHOOK_SECRET: SECRETS.stripe,
      CUSTOMERIO_TRACK_TOKEN: 'bench-key',
      CUSTOMERIO_PIPELINES_URL: `${upstream.url}/v1`,
      ...more.vars,
    },
    ...(more.folder === undefined ? {} : { folder: more.folder }),
  });
}

/** User and system time of a process, milliseconds (Linux counts hundredths of a second). */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export function memoryMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

export function outboxFiles(folder: string): string[] {
  const disk = path.join(folder, 'disk', 'Outbox');
  return readdirSync(disk)
    .filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
    .map((name) => path.join(disk, name));
}
