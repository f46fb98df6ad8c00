// What starting and ending real processes takes: a folder for their state, ports, and an end that has come.

import type { ChildProcessByStdio } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

import { stop } from '../../src/start/children.ts';
import type { Child } from '../../src/start/children.ts';

export function newFolder(name: string): string {
  return mkdtempSync(path.join(tmpdir(), `${name}-`));
}

/** All it says, and how it ends. */
export async function toItsEnd(
  child: ChildProcessByStdio<Writable | null, Readable, Readable>,
): Promise<{ code: number | null; text: string }> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    // Not `exit`: what it said last may still be on its way.
    child.once('close', resolve);
  });
  return { code, text };
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

export async function takenPort() {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, port: String((server.address() as AddressInfo).port) };
}

/** Two ports that nobody uses now; who takes one before `npm start` does makes it say so. */
export async function freePorts(): Promise<string[]> {
  const [worker, emulator] = [await takenPort(), await takenPort()];
  worker.server.close();
  emulator.server.close();
  return ['--port', worker.port, '--emulator-port', emulator.port];
}
