// docs/organizations.md in a clean clone: the story it begins with, the command that it ends with, and every other command that it
// names. What the story is configured with is what the page says to set.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { companyVars } from '../../src/start/company.ts';
import { until } from '../../src/start/until.ts';
import { freePorts, toItsEnd } from '../support/processes.ts';
import { cleanClone, forget } from './clone.ts';
import type { Clone } from './clone.ts';

let clone: Clone;
let page: string;

beforeAll(() => {
  clone = cleanClone();
  page = readFileSync(path.join(clone.folder, 'docs/organizations.md'), 'utf8');
});
afterAll(() => {
  forget(clone);
});

/** By a shell, as it is typed. */
async function play(command: string, env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: clone.folder, env: { ...clone.env, ...env }, shell: true } as const;
  return toItsEnd(spawn(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }));
}

it('begins with a story, and its last command shows each admin under the failed payment, and their mail', async () => {
  const story = 'npm start -- --story company';
  expect(page).toContain(`\`${story}\``);
  const { folder: cwd, env } = clone;
  const [command = '', ...args] = `${story} ${(await freePorts()).join(' ')}`.split(' ');
  // A group of its own: npm starts a shell, and that the rest.
  const child = spawn(command, args, { cwd, env, detached: true });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  try {
    expect(await until(() => text.includes('Ctrl-C stops everything.'))).toBe(true);
    const [look = ''] = /npx --no-install lifecycle organization \S+ --worker \S+/.exec(text) ?? [];
    expect(page).toContain('`npx --no-install lifecycle organization org_...`');
    const saved = readFileSync(path.join(cwd, '.wrangler/start/secrets.json'), 'utf8');
    const { admin } = JSON.parse(saved) as { admin: string };
    const { code, text: shown } = await play(look, { ADMIN_TOKEN: admin });
    expect(code).toBe(0);
    const failed = shown.split('\n').filter((line) => line.includes('payment_failed'));
    expect(failed).toHaveLength(3);
    expect(failed.filter((line) => line.endsWith('landed, mailed'))).toHaveLength(3);
  } finally {
    const ended = once(child, 'exit');
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
  }
});

it('says to set what the story is configured with', () => {
  for (const line of companyVars({ url: '' })) {
    const [name = '', value = ''] = line.split('=');
    const [known = name] = /^CUSTOMERIO_APP(?=_URL)/.exec(name) ?? [];
    expect(page).toContain(known === name ? name : 'CUSTOMERIO_APP_TOKEN');
    if (name === 'ORGANIZATIONS') expect(page).toContain(`${name} = "${value}"`);
  }
});

it('names commands that there are, with the options that it gives them', async () => {
  const named = [
    ...page.matchAll(/`(?:npx --no-install )?lifecycle ([a-z]+(?: [a-z]+)?)([^`]*)`/g),
  ];
  const commands = new Map(named.map(([, words = '', rest = '']) => [words, rest]));
  const wanted = ['doctor', 'organization org', 'sync backfill', 'sync refresh', 'link cus'];
  expect([...commands.keys()]).toEqual(expect.arrayContaining(wanted));
  for (const [words, rest] of commands) {
    const asked = words.replace(/ (?:cus|org)$/, '');
    const { code, text } = await play(`npx --no-install lifecycle ${asked} --help`);
    expect({ asked, code }).toEqual({ asked, code: 0 });
    for (const [option] of rest.matchAll(/--[a-z-]+/g)) expect(text).toContain(option);
  }
  const { scripts } = JSON.parse(readFileSync(path.join(clone.folder, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const runs = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, its = '']) => its);
  expect(runs.filter((its) => scripts[its] === undefined)).toEqual([]);
});
