// What starting and ending real processes takes: a folder for their state, and an end that has come.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { stop } from '../../src/start/children.ts';
import type { Child } from '../../src/start/children.ts';

export function newFolder(name: string): string {
  return mkdtempSync(path.join(tmpdir(), `${name}-`));
}

/** Resolves when the process is gone, at once where it already is. */
export async function end(child: Child, signal: NodeJS.Signals): Promise<void> {
  if (child.process.exitCode !== null || child.process.signalCode !== null) return;
  const gone = new Promise((resolve) => child.process.once('exit', resolve));
  stop(child, signal);
  await gone;
}

/** Ends it and removes its state. */
export async function endAndForget(child: Child, folder: string): Promise<void> {
  await end(child, 'SIGTERM');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
