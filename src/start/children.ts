// Child processes of `npm start`: the emulator and the Worker. Each says when it is ready, or why it is not.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A sentence for the person at the terminal: what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export type Child = {
  readonly name: string;
  readonly process: ChildProcess;
  readonly log: string[];
  /** Each line it prints from now on. */
  readonly hear: (listener: (line: string) => void) => void;
};

const LOG_LINES_MAX = 40;
const READY_MS_MAX = 60_000;

const BOUND = fileURLToPath(new URL('bound.mjs', import.meta.url));

/** Runs a Node script that ends with this process, and what it starts with it: in a process group of its own. */
export function startNode(
  name: string,
  script: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  return startCommand(name, process.execPath, [BOUND, ...script], env);
}

export function startCommand(
  name: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Child {
  const child = spawn(command, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
  });
  const log: string[] = [];
  const listeners: ((line: string) => void)[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '') return;
      log.push(line);
      log.splice(0, Math.max(0, log.length - LOG_LINES_MAX));
      for (const listener of listeners) listener(line);
    });
  }
  return { name, process: child, log, hear: (listener) => listeners.push(listener) };
}

export function stop(child: Child, signal: NodeJS.Signals = 'SIGTERM'): void {
  const { pid } = child.process;
  if (pid === undefined || child.process.exitCode !== null) return;
  // By itself enough for what startNode runs, and all there is on Windows, which knows no process groups.
  child.process.stdin?.end();
  try {
    if (process.platform !== 'win32') process.kill(-pid, signal);
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
  if (await isFree(port)) return;
  const other = port + 100 <= 65_535 ? port + 100 : port - 100;
  throw new StartError(
    `Port ${port} is taken. Stop what uses it, or choose another: npm start -- ${option} ${other}`,
  );
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isOurs = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isOurs) await new Promise((resolve) => server.close(resolve));
  return isOurs;
}

function tail({ log }: Child): string {
  return log
    .slice(-8)
    .map((line) => `  ${line}`)
    .join('\n');
}
