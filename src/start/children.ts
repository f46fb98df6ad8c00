// Child processes of `npm start`: the emulator and the Worker. Each says when it is ready, or why it is not.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';

/** A sentence for the person at the terminal: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export type Child = {
  readonly name: string;
  readonly process: ChildProcess;
  readonly log: string[];
};

const LOG_LINES_MAX = 40;
const READY_MS_MAX = 60_000;

/** Runs a Node script as the leader of its own process group, so that what it starts ends with it. */
export function startNode(
  name: string,
  script: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  return startCommand(name, process.execPath, script, env);
}

export function startCommand(
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
  });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      log.push(...chunk.split('\n').filter((line) => line.trim() !== ''));
      log.splice(0, Math.max(0, log.length - LOG_LINES_MAX));
    });
  }
  return { name, process: child, log };
}

export function stop(child: Child, signal: NodeJS.Signals = 'SIGTERM'): void {
  const { pid } = child.process;
  if (pid === undefined || child.process.exitCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has gone between the two lines: what we wanted.
  }
}

/** Asks until `check` answers; ends with a sentence when the child dies or never gets ready. */
export async function ready<Value>(
  child: Child,
  check: () => Promise<Value | null>,
): Promise<Value> {
  const until = Date.now() + READY_MS_MAX;
  while (Date.now() < until) {
    const value = await check();
    if (value !== null) return value;
    if (child.process.exitCode !== null) throw new StartError(crashed(child));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new StartError(`The ${child.name} did not get ready within a minute.\n${tail(child)}`);
}

/** Ready is a child that answers there, whatever it says. */
export async function readyAt(child: Child, url: string): Promise<void> {
  await ready(child, async () => {
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    return response;
  });
}

export function crashed(child: Child): string {
  const code = child.process.exitCode ?? 'a signal';
  return `The ${child.name} stopped (${code}). Its last lines:\n${tail(child)}`;
}

/** Throws a sentence when the port is not free. */
export async function needPort(port: number, option: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch(() => {
    throw new StartError(
      `Port ${port} is taken. Stop what uses it, or choose another: npm start -- ${option} ${port + 100}`,
    );
  });
  await new Promise((resolve) => server.close(resolve));
}

function tail({ log }: Child): string {
  return log
    .slice(-8)
    .map((line) => `  ${line}`)
    .join('\n');
}
