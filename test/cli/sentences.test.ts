// Sentences for what people type by mistake: each says what to type instead.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { FOLDER, lifecycle } from './lifecycle.ts';

it.each([
  ['serve', 2, 'The commands: npx --no-install lifecycle --help'],
  ['identify --user-id u --trait plan', 2, '--trait plan: it needs key=value.'],
  ['track --user-id u --event e_x --property plan', 2, '--property plan: it needs key=value.'],
  ['--vars-file nope status', 2, '--vars-file nope: there is no such file.'],
  ['send clerk user.created --to localhost:8787', 2, 'begins with http:// or https://'],
  ['explain empty', 2, 'explain empty: there is no .json in this folder.'],
  ['status --worker http://localhost:1', 2, 'ADMIN_TOKEN is not set.'],
])('%s', async (typed, code, sentence) => {
  mkdirSync(path.join(FOLDER, 'empty'), { recursive: true });
  const ran = await lifecycle(typed.split(' '));
  expect(ran.err).toContain(sentence);
  expect(ran.code).toBe(code);
});

it.each(['version', '--version', '-V'])('lifecycle %s', async (typed) => {
  const { out, code } = await lifecycle([typed]);
  expect(out).toMatch(/^\d+\.\d+\.\d+( \([0-9a-f]+\))?\n$/);
  expect(code).toBe(0);
});

it.each(['help', 'help send'])('lifecycle %s', async (typed) => {
  const { out, code } = await lifecycle(typed.split(' '));
  expect(out).toContain('Usage: lifecycle');
  expect(out).toContain('--vars-file');
  expect(code).toBe(0);
});

it('doctor says where to begin while nothing is set', async () => {
  const { err } = await lifecycle(['doctor']);
  expect(err).toContain('Nothing is set yet. Begin with: npx --no-install lifecycle setup');
});

it('npm start is what is missing on this machine, and no network', async () => {
  writeFileSync(path.join(FOLDER, 'some.vars'), 'ADMIN_TOKEN=an-admin-token-of-24-characters\n');
  const asked = ['--vars-file', 'some.vars', 'status', '--worker', 'http://localhost:1'];
  const { err } = await lifecycle(asked);
  expect(err).toContain('Start one with npm start');
});
