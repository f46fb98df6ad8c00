// An earlier `npm start` that still runs here: both would write the same state. It is found by what it has written down.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { isFree, StartError } from './children.ts';

const FILE = '.wrangler/start/running.json';

type Running = { readonly pid: number; readonly port: number };

/** Throws a sentence that names it. A pid may have been given to somebody else since: its port has to be taken, too. */
export async function needNoEarlier(): Promise<void> {
  const earlier = readRunning();
  if (earlier === null || !isAlive(earlier.pid) || (await isFree(earlier.port))) return;
  const { pid, port } = earlier;
  throw new StartError(
    `An earlier npm start (pid ${pid}) runs here, at http://localhost:${port}. Stop it with Ctrl-C in its window, or: kill ${pid}`,
  );
}

export function noteRunning(port: number): void {
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify({ pid: process.pid, port } satisfies Running));
}

/** Only where it is ours. */
export function forgetRunning(): void {
  if (readRunning()?.pid === process.pid) rmSync(FILE, { force: true });
}

function readRunning(): Running | null {
  try {
    const { pid, port } = JSON.parse(readFileSync(FILE, 'utf8')) as Partial<Running>;
    return pid === undefined || port === undefined ? null : { pid, port };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
