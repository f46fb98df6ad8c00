// npm start as a new user runs it: a process, its words and its exit code.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isFree } from '../../src/start/children.ts';
import { until } from '../../src/start/until.ts';
import { freePorts, takenPort, toItsEnd } from '../support/processes.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const VARS = path.join(ROOT, '.dev.vars');
const ASIDE = `${VARS}.aside`;

// A developer's own .dev.vars is put aside: with a real key in it the story is not played.
beforeEach(() => {
  if (existsSync(VARS)) renameSync(VARS, ASIDE);
});
afterEach(() => {
  rmSync(VARS, { force: true });
  if (existsSync(ASIDE)) renameSync(ASIDE, VARS);
});

const START = path.join(ROOT, 'src/start/start.mjs');

async function start(...args: string[]) {
  return startIn(ROOT, args);
}

async function startIn(
  cwd: string,
  args: readonly string[],
): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [START, ...args], { cwd });
  return toItsEnd(child);
}

async function startOnFreePorts(): Promise<Awaited<ReturnType<typeof start>>> {
  const ran = await start('--once', ...(await freePorts()));
  return ran.text.includes(' is taken. ') ? startOnFreePorts() : ran;
}

describe('npm start', () => {
  it('tells the story to its end and exits 0', async () => {
    const { code, text } = await startOnFreePorts();
    expect(text).toContain('All of it landed.');
    expect(text).toContain('User Deleted');
    expect(code).toBe(0);
    const folder = path.join(ROOT, '.wrangler/start');
    const saved = JSON.parse(readFileSync(path.join(folder, 'secrets.json'), 'utf8')) as {
      admin: string;
    };
    expect(readFileSync(path.join(folder, 'dev.vars'), 'utf8')).toContain(
      `ADMIN_TOKEN=${saved.admin}\n`,
    );
    expect(saved.admin.length).toBeGreaterThanOrEqual(24);
    for (const file of ['secrets.json', 'dev.vars']) {
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('leaves nothing running when it is killed, and names an earlier one by its pid', async () => {
    const ports = await freePorts();
    const child = spawn(process.execPath, [START, ...ports], { cwd: ROOT });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    expect(await until(() => text.includes('Ctrl-C stops everything.'))).toBe(true);
    const second = await start('--once', ...(await freePorts()));
    expect(second.text).toContain(`An earlier npm start (pid ${child.pid}) runs here`);
    expect(second.code).toBe(1);
    child.kill('SIGKILL');
    for (const port of [ports[1], ports[3]]) {
      expect(await until(() => isFree(Number(port)))).toBe(true);
    }
  });

  it("plays a company's life, mails its admins, and opens the console at the organization", async () => {
    const child = spawn(process.execPath, [START, '--story', 'company', ...(await freePorts())], {
      cwd: ROOT,
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    expect(await until(() => text.includes('Ctrl-C stops everything.'))).toBe(true);
    expect(text).toContain('All of it landed.');
    expect(text).toContain('→ mail to Ada, Bob, Cy\n');
    expect(text).toContain('→ subscription_canceled Ada Bob Cy\n');
    const story = text.slice(0, text.indexOf('All of it landed.'));
    expect(story.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/lifecycle organization org_\w+ --worker http/);
    const [link = ''] = /http:\S+to=\/console\/organizations\/org_\w+/.exec(text) ?? [];
    const entered = await fetch(link, { redirect: 'manual' });
    const place = new URL(entered.headers.get('location') ?? '', link).href;
    const [cookie = ''] = (entered.headers.get('set-cookie') ?? '').split(';');
    const page = await (await fetch(place, { headers: { cookie } })).text();
    expect(page).toContain('<h1>Acme</h1>');
    expect(page).toContain('subscription_canceled');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });

  it('answers a typing error with its usage, and 2', async () => {
    const { code, text } = await start('--prot', '9900');
    expect(text).toContain('How it is used: npm start');
    expect(code).toBe(2);
    const other = await start('--story', 'fable');
    expect(other.text).toContain('--story is person or company.');
    expect(other.code).toBe(2);
  });

  it("takes one's own webhooks, by the secrets of a file", async () => {
    const { code, text } = await start('--with', 'no-such-file');
    expect(text).toContain('--with no-such-file: there is no such file.');
    expect(code).toBe(2);
  });

  it('says which port is taken and how to choose another', async () => {
    const { server, port } = await takenPort();
    const { code, text } = await start('--once', '--emulator-port', port);
    server.close();
    expect(text).toContain(`Port ${port} is taken. Stop what uses it, or choose another`);
    expect(code).toBe(1);
  });

  it('says what to do where the packages are not installed', async () => {
    const { code, text } = await startIn(path.join(ROOT, 'test'), []);
    expect(text).toBe('The packages are not installed yet. Run: npm ci && npm start\n');
    expect(code).toBe(1);
  });

  it('sends no invented people to a real workspace', async () => {
    writeFileSync(VARS, 'CUSTOMERIO_TRACK_TOKEN=a-real-key\n');
    const { code, text } = await start('--once');
    expect(text).toContain('no story is played');
    expect(text).not.toContain('a-real-key');
    expect(code).toBe(1);
  });
});
