// lifecycle sync as the remote control of a job in the Worker: followed to its end, left alone, stopped; words and exit codes.

import { spawn } from 'node:child_process';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { barText } from '../../src/cli/sync/progress.ts';
import { until } from '../../src/start/until.ts';
import { startClerkHistory } from '../emulator/history.ts';
import { createPopulation } from '../emulator/population.ts';
import { holders, openTerminal } from '../newcomer/terminal.ts';
import { ADMIN_TOKEN, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { BINARY, FOLDER, lifecycle, lifecycleJson } from './lifecycle.ts';

const KEY = 'sk_test_of_clerk';
const USERS = 620;
const CONTROL_C = '\u0003';

const population = createPopulation({ users: USERS, subscriptions: 0 });
let asked = 0;

let clerk: Awaited<ReturnType<typeof startClerkHistory>>;
let relay: Relay;
let env: Record<string, string>;

beforeAll(async () => {
  clerk = await startClerkHistory({ key: KEY, population, before: () => void (asked += 1) });
  relay = await startRelay({
    CLERK_SECRET_KEY: KEY,
    CLERK_API_URL: clerk.url,
    SYNC_ROWS_PER_DAY: '0',
    SHARDS: '2',
  });
  env = { ADMIN_TOKEN, RELAY_URL: relay.url };
});
afterAll(async () => {
  await Promise.all([relay.close(), clerk.close()]);
});
beforeEach(async () => {
  await sync('stop');
  clerk.script('200');
  asked = 0;
});

const sync = (...args: readonly string[]) => lifecycle(['sync', ...args], { env });
const status = async () => (await lifecycleJson(['sync', 'status'], { env })).json;

/** A job that waits ten minutes for its second answer. */
async function standing(): Promise<string> {
  clerk.script('200,200,429 Retry-After 600');
  const { json } = await lifecycleJson(['sync', 'backfill', '--detach'], { env });
  await until(() => asked >= 1);
  return String(json['id']);
}

describe('a job that is followed', () => {
  it('says at its end what came of it and whom it has left out; exit code 0', async () => {
    const { code, out } = await sync('backfill', '--dry-run');
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^backfill-\S+: done\n/),
    });
    expect(out).toContain(`Clerk users: ${USERS} of ${USERS}, ${USERS} new`);
    expect(out).toContain('Left out: stripe. STRIPE_SECRET_KEY is no secret of the Worker.');
    expect(out).toContain(`It would make ${USERS} people new at Customer.io: a profile each.`);
    expect(out).not.toContain('unlinked');
    expect((await sync('backfill', '--dry-run', '--only', 'clerk')).out).not.toContain('Left out');
  });

  it('is a line of JSON for each look with --json, the last one as it ended', async () => {
    const { code, out } = await sync('backfill', '--only', 'clerk', '--json');
    const looks = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(code).toBe(0);
    expect(looks.length).toBeGreaterThan(1);
    expect(new Set(looks.map(({ id }) => id)).size).toBe(1);
    expect(looks.at(-1)).toMatchObject({
      kind: 'backfill',
      state: 'done',
      only: 'clerk',
      problem: null,
      lists: { clerk_users: { seen: USERS, total: USERS, changed: USERS } },
    });
    expect(looks.at(-1)?.['rows']).toBeGreaterThan(2 * USERS);
    expect(await status()).toEqual(looks.at(-1));
  });

  it('goes on when Ctrl-C ends the looking, which says so; exit code 0', async () => {
    clerk.script('200,200,429 Retry-After 600');
    const child = spawn(process.execPath, [BINARY, 'sync', 'backfill'], {
      cwd: FOLDER,
      env: { PATH: process.env['PATH'] ?? '', HOME: FOLDER, ...env },
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => {
      child.once('close', resolve);
    });
    // The first line of a command that looks: from now on Ctrl-C is heard.
    await until(() => said.includes(`Clerk users: 0 of ${USERS}`));
    child.kill('SIGINT');
    expect({ code: await ended, said }).toEqual({
      code: 0,
      said: expect.stringContaining('Detached: the job goes on in the Worker.'),
    });
    expect(await status()).toMatchObject({ state: 'running' });
  });
});

const [terminal] = holders();

describe.skipIf(terminal === undefined)('a job that is followed at a terminal', () => {
  it('is a bar in one line, and goes on when Ctrl-C ends the looking', async () => {
    if (terminal === undefined) return;
    clerk.script('200,200,429 Retry-After 600');
    const command = `${process.execPath} ${BINARY} sync backfill`;
    const folder = { folder: FOLDER, home: FOLDER };
    const all = { PATH: process.env['PATH'] ?? '', HOME: FOLDER, ...env };
    const window = openTerminal(terminal, command, { ...folder, env: all });
    try {
      await window.shows(`[............] Clerk users: 0 of ${USERS}`);
      window.type(CONTROL_C);
      await window.shows('Detached: the job goes on in the Worker.');
      expect(await window.code).toBe(0);
    } finally {
      await window.close();
    }
    expect(await status()).toMatchObject({ state: 'running' });
  });

  it('has a bar that is no longer than a line, however much there is to say', () => {
    const list = { seen: 99_999, total: 100_000, changed: 10_000, new: 10_000, parked: 10_000 };
    const lists = { clerk_gone_organizations: list };
    const text = barText({ lists } as never, 100_000, 80);
    expect(text).toMatch(/^\[#{12}\] organizations Clerk may have deleted: 99999 of 100000, /);
    expect(text.length).toBe(79);
  });
});

describe('a job that is left alone', () => {
  it('is named, shown by status, and ended by stop, after which exit codes say so', async () => {
    const id = await standing();
    expect(id).toMatch(/^backfill-\d{4}-/);
    const shown = await sync('status');
    expect({ code: shown.code, out: shown.out }).toEqual({
      code: 0,
      out: expect.stringContaining(`${id}: running`),
    });
    const stopped = await sync('stop');
    expect(stopped).toMatchObject({ code: 0, out: `${id} is stopped.\n` });
    const after = await sync('status');
    expect(after.code).toBe(1);
    expect(after.out).toContain(`${id}: failed`);
    expect((await sync('stop')).out).toBe('No job is at work.\n');
  });

  it('lets no second one begin: exit code 1, and what to do', async () => {
    const id = await standing();
    const { code, err } = await sync('refresh');
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringContaining(`A job is at work: ${id}.`),
    });
    expect(err).toContain('lifecycle sync stop ends it');
  });

  it('whose key is refused is paused, and status says why with exit code 1', async () => {
    // To whatever is asked: a page of the job before may still be on its way.
    clerk.script(Array.from({ length: 20 }, () => '401').join());
    await sync('backfill', '--detach');
    await until(async () => (await status())['state'] === 'paused');
    const { code, out } = await sync('status');
    expect({ code, out }).toEqual({ code: 1, out: expect.stringContaining('clerk_refused: ') });
  });
});

describe('what cannot be met', () => {
  it.each([
    [['drift'], 1, 'app_key_missing'],
    [['backfill', '--only', 'stripe'], 1, 'sync_key_missing'],
    [['backfill', '--only', 'nobody'], 2, '--only is clerk or stripe.'],
    [['drift', '--sample', '0'], 2, '--sample is a whole number from 1 on.'],
    [['reconcile', '--since', 'tomorrow'], 2, '--since is a time that is over'],
  ])('%j ends with %i and says why', async (args, code, why) => {
    const ran = await sync(...args);
    expect({ code: ran.code, err: ran.err }).toEqual({
      code,
      err: expect.stringContaining(why),
    });
  });
});
