// The real binary as a child process: its words and its exit code. It runs in an empty folder and gets nothing of this
// machine's environment, so no .dev.vars of a developer gets in.

import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const BINARY = path.resolve(import.meta.dirname, '../../src/cli/lifecycle.mjs');

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
  /** Modules Node loads first. */
  readonly imports?: readonly string[];
};

export const FOLDER = mkdtempSync(path.join(tmpdir(), 'lifecycle-'));

export async function lifecycle(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const imports = (options.imports ?? []).flatMap((file) => ['--import', file]);
  const child = spawn(process.execPath, [...imports, BINARY, ...args], {
    cwd: options.cwd ?? FOLDER,
    env: { PATH: process.env['PATH'] ?? '', HOME: FOLDER, ...options.env },
  });
  child.stdin.end(options.input ?? '');
  const [out, err] = [textOf(child.stdout), textOf(child.stderr)];
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, out: out(), err: err() };
}

/** The one document of `--json`. */
export async function lifecycleJson(
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ readonly code: number | null; readonly json: Record<string, unknown> }> {
  const { code, out } = await lifecycle([...args, '--json'], options);
  return { code, json: JSON.parse(out) as Record<string, unknown> };
}

function textOf(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}
