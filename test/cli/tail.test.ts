// lifecycle tail against a Worker that answers by a script: it asks with the cursor it was given, waits for a Worker that is
// gone, and says what to do where waiting does not help.

import { spawn } from 'node:child_process';

import { afterEach, expect, it } from 'vitest';

import { until } from '../../src/start/until.ts';
import { emulate } from '../emulator/loopback.ts';
import type { ApiAnswer, Emulated } from '../emulator/loopback.ts';
import { BINARY, FOLDER, lifecycle } from './lifecycle.ts';

const env = { ADMIN_TOKEN: 'an-admin-token-of-24-characters' };

const ok = (next: string, ...webhooks: object[]) => ({ status: 200, body: { webhooks, next } });

const webhook = (event: string, more: object = {}) => ({
  id: event,
  at: 1_764_000_000_000,
  provider: 'stripe',
  event,
  type: 'invoice.paid',
  outcome: 'accepted',
  told: ['payment_succeeded', 'subscription_renewed'],
  landing: 'landed',
  landedAt: 1_764_000_000_281,
  ...more,
});

let worker: Emulated | undefined;
afterEach(async () => worker?.close());

/** Answers in turn, and the last one for ever; notes the cursors it was asked with. */
async function workerOf(...answers: ApiAnswer[]) {
  const cursors: string[] = [];
  worker = await emulate(({ query }) => {
    cursors.push(query.get('after') ?? '');
    return (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: {} };
  });
  return { url: worker.url, cursors };
}

function follow(url: string, ...more: string[]) {
  const child = spawn(process.execPath, [BINARY, 'tail', '--worker', url, ...more], {
    cwd: FOLDER,
    env: { PATH: process.env['PATH'] ?? '', HOME: FOLDER, ...env },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => void (text += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, ended, said: () => text };
}

it('goes on behind what it was told, over a Worker that is gone for a while, until Ctrl-C', async () => {
  const { url, cursors } = await workerOf(
    ok('one', webhook('evt_1')),
    { status: 503, body: { error: 'unavailable' } },
    { status: 503, body: { error: 'unavailable' } },
    ok('two', webhook('evt_2', { type: 'invoice.payment_failed' })),
    ok('three'),
  );
  const { child, ended, said } = follow(url);
  expect(await until(() => cursors.includes('two'))).toBe(true);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(cursors.slice(0, 5)).toEqual(['', 'one', 'one', 'one', 'two']);
  expect(said().replaceAll(/\d\d:\d\d:\d\d/g, 'TIME')).toBe(
    [
      'TIME stripe invoice.paid accepted → payment_succeeded, subscription_renewed',
      '  281 ms',
      'Following; Ctrl-C ends it. What is refused (a wrong signing secret) is not kept: npx wrangler tail shows it.',
      'The Worker is out of order (5xx), after several tries. It is asked until it answers again.',
      'The Worker answers again.',
      'TIME stripe invoice.payment_failed accepted → payment_succeeded,',
      '  subscription_renewed 281 ms',
      '',
    ].join('\n'),
  );
});

it('ends with what to do where the token has become another', async () => {
  const refused = { status: 401, body: { error: 'token_invalid' } };
  const { url } = await workerOf(ok('one'), refused);
  const { ended, said } = follow(url);
  expect(await ended).toBe(1);
  expect(said()).toContain('The Worker refuses the key (401).\nCheck ADMIN_TOKEN.');
});

it.each([
  [401, 'The Worker refuses the key (401).'],
  [404, 'It is older than this checkout (npm run deploy)'],
])('says at once what a %d means', async (status, sentence) => {
  const { url } = await workerOf({ status, body: { error: 'not_found' } });
  const { code, err } = await lifecycle(['tail', '--worker', url], { env });
  expect(err).toContain(sentence);
  expect(code).toBe(1);
});

it('prints one document a line with --json, and what has not landed where it does not wait', async () => {
  const open = { landing: 'pending', landedAt: null };
  const { url } = await workerOf(ok('one', webhook('evt_1'), webhook('evt_2', open)));
  const asked = ['tail', '--worker', url, '--once'];
  const { out } = await lifecycle([...asked, '--json'], { env });
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { ms: number | null }).ms)).toEqual([281, null]);
  expect((await lifecycle(asked, { env })).out).toContain('(not landed yet)');
});

it('begins with as many lines as are asked for, and with no other number', async () => {
  const { url } = await workerOf(ok('one'));
  const wrong = await lifecycle(['tail', '--worker', url, '--lines', '0'], { env });
  expect(wrong).toMatchObject({ code: 2, err: '--lines needs a number from 1 to 200.\n' });
});
