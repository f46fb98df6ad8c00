// A command at a real pseudo-terminal of 80 columns, by util-linux' `script` or by Python. Closing the terminal ends
// whoever holds it, as closing a window does: the kernel tells those in it (SIGHUP), and nobody else does.

import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

import { until } from '../../src/start/until.ts';
import type { Clone } from './clone.ts';

const PYTHON = `import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(['/bin/sh', '-c', sys.argv[1]])))`;

const HOLDERS: readonly ((command: string) => readonly [string, ...string[]])[] = [
  (command) => ['script', '-qfec', command, '/dev/null'],
  (command) => ['python3', '-c', PYTHON, command],
];

/** A limit ends what hangs, and measures nothing. */
const UNTIL_MS_MAX = 120_000;

const MARK = 'NEWCOMER_TERMINAL';

export type Holder = (typeof HOLDERS)[number];
export type Terminal = {
  /** As it was typed, key by key; `\r` is Enter. */
  readonly type: (keys: string) => void;
  /** Resolves when these words stand there, after whatever was waited for before; lines that were broken count as one. */
  readonly shows: (words: string) => Promise<void>;
  readonly text: () => string;
  readonly close: () => Promise<void>;
  readonly code: Promise<number | null>;
  /** What was started in it and still runs, however it has left the terminal. */
  readonly running: () => string[];
};

/** Those that make a terminal here. */
export function holders(): readonly Holder[] {
  if (process.platform !== 'linux') return [];
  return HOLDERS.filter((holder) => {
    const [file, ...args] = holder('test -t 0 && test -t 1');
    return spawnSync(file, args, { input: '' }).status === 0;
  });
}

/** Why no terminal is here; null where one is. */
export function withoutTerminal(found: readonly Holder[]): string | null {
  if (process.platform !== 'linux') return `no pseudo-terminal is tried on ${process.platform}`;
  return found.length > 0 ? null : 'neither `script` of util-linux nor python3 makes one here';
}

export function openTerminal(holder: Holder, command: string, { folder, env }: Clone): Terminal {
  const id = randomUUID();
  const [file, ...args] = holder(`stty cols 80 rows 50 && exec ${command}`);
  const child = spawn(file, args, { cwd: folder, env: { ...env, [MARK]: id } });
  let raw = '';
  let seen = 0;
  let isOver = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      raw += chunk.toString();
    });
  }
  // Its reader may have gone: what is typed then is typed to nobody.
  child.stdin.on('error', () => undefined);
  const code = new Promise<number | null>((resolve) => {
    child.once('close', (exit) => {
      isOver = true;
      resolve(exit);
    });
  });

  async function shows(words: string): Promise<void> {
    const isThere = () => flat(raw).indexOf(words, seen) >= 0;
    await until(() => isThere() || isOver, UNTIL_MS_MAX);
    if (!isThere()) throw new Error(`not shown: ${words}\nafter: ${flat(raw).slice(seen)}`);
    seen = flat(raw).indexOf(words, seen) + words.length;
  }

  return {
    type: (keys) => child.stdin.write(keys),
    shows,
    text: () => flat(raw),
    close: async () => {
      child.kill('SIGKILL');
      await code;
    },
    code,
    running: () => runningWith(`${MARK}=${id}`),
  };
}

/** Without colours, the guide at the left, and where a line was broken. */
function flat(raw: string): string {
  return stripVTControlCharacters(raw).replaceAll(/[\s│]+/g, ' ');
}

/** Every process whose environment has the mark. */
function runningWith(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => procFile(pid, 'environ').includes(mark))
    .map((pid) => procFile(pid, 'cmdline').join(' '));
}

/** Nothing where it has gone, or is somebody else's. */
function procFile(pid: string, file: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
