// The live test itself, against the emulator: it asks only when told to, and calls unknown what it cannot see.

import { spawn } from 'node:child_process';
import path from 'node:path';

import { expect, it } from 'vitest';

import { startEmulator } from '../emulator/server.ts';
import { toItsEnd } from '../support/processes.ts';
import { FOLDER } from './lifecycle.ts';

const MAIN = path.resolve(import.meta.dirname, '../live/main.ts');

async function live(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: FOLDER, env });
  return toItsEnd(child);
}

it('asks nothing without a word, and answers or says unknown to all eight with it', async () => {
  const emulator = await startEmulator({ token: 'live-key' });
  const env = {
    CUSTOMERIO_TRACK_TOKEN: 'live-key',
    CUSTOMERIO_PIPELINES_URL: `${emulator.url}/v1`,
  };
  const unasked = await live([], env);
  expect(unasked.code).toBe(2);
  const { code, text } = await live(['--yes-this-workspace-is-to-throw-away'], env);
  await emulator.close();
  expect(code).toBe(0);
  const rows = text.split('\n').filter((line) => line.startsWith('| ('));
  expect(rows).toHaveLength(8);
  expect(rows[0]).toContain('invalid 400');
  expect(rows[0]).toContain('wrong key 401');
  expect(rows[6]).toContain('unknown');
  expect(text).not.toContain('live-key');
});
