// The README's commands in a clean clone, as they stand there. Those that ask something are played at a terminal
// (terminal.test.ts).

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { freePorts, toItsEnd } from '../support/processes.ts';
import { cleanClone, commandsInReadme, forget, typed } from './clone.ts';
import type { Clone } from './clone.ts';

let clone: Clone;

beforeAll(() => {
  clone = cleanClone();
});
afterAll(() => {
  forget(clone);
});

/** By a shell, as it is typed. */
async function play(command: string): Promise<{ code: number | null; text: string }> {
  const { folder: cwd, env } = clone;
  const child = spawn(command, { cwd, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  return toItsEnd(child);
}

/** Where each command of the README is played; `npm ci` is what the link in the clone stands for. */
const PLAYED = {
  here: ['npm start', 'npm test', 'npm run deploy'],
  'terminal.test.ts': [
    'npm start -- --with .dev.vars',
    'stripe listen --forward-to localhost:8787/webhooks/stripe',
    'npx --no-install lifecycle setup',
  ],
  link: ['npm ci'],
};

describe("the README's commands", () => {
  it('are all played', () => {
    const commands = [...new Set(commandsInReadme())];
    expect(commands.toSorted()).toEqual(Object.values(PLAYED).flat().toSorted());
  });

  it('npm start tells the story to its end', async () => {
    const { code, text } = await startOnFreePorts();
    expect(text).toContain('All of it landed.');
    expect(code).toBe(0);
  });

  it('npm test is there, and so is each command that it runs', () => {
    const manifest = readFileSync(path.join(clone.folder, 'package.json'), 'utf8');
    const { scripts } = JSON.parse(manifest) as { scripts: Readonly<Record<string, string>> };
    const [, name = ''] = typed('npm test').split(' ');
    const runs = [...(scripts[name] ?? '').matchAll(/npm run ([\w:]+)/g)].map(([, its]) => its);
    expect(runs.length).toBeGreaterThan(3);
    expect(runs.filter((its = '') => scripts[its] === undefined)).toEqual([]);
  });

  it('npm run deploy makes what would be uploaded', async () => {
    const { code, text } = await play(`${typed('npm run deploy')} -- --dry-run`);
    expect(text).toContain('env.OUTBOX');
    expect(code).toBe(0);
  });

  it('in its sentences are commands of lifecycle', async () => {
    const readme = readFileSync(path.join(clone.folder, 'README.md'), 'utf8');
    const named = [...readme.matchAll(/`(?:npx --no-install )?lifecycle ([a-z ]*[a-z])/g)];
    const commands = [...new Set(named.map(([, words = '']) => words))];
    expect(commands).toContain('doctor');
    const npx = typed('npx --no-install lifecycle setup').replace(/ setup$/, '');
    for (const words of commands) {
      const { code, text } = await play(`${npx} ${words} --help`);
      expect(text).toContain(`lifecycle ${words} [`);
      expect(code).toBe(0);
    }
  });
});

/** Who takes a port between the asking and the start makes it say so. */
async function startOnFreePorts(): ReturnType<typeof play> {
  const ports = (await freePorts()).join(' ');
  const ran = await play(`${typed('npm start')} -- --once ${ports}`);
  return ran.text.includes(' is taken. ') ? startOnFreePorts() : ran;
}
