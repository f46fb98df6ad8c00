// lifecycle sync push: the real Worker without any key, the keys beside the command, both providers emulated, with a company.

import { spawn } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { until } from '../../src/start/until.ts';
import { startClerkHistory, startStripeHistory } from '../emulator/history.ts';
import { createPopulation } from '../emulator/population.ts';
import type { ApiCall } from '../emulator/provider-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import { ADMIN_TOKEN, delivered, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { BINARY, FOLDER, lifecycle } from './lifecycle.ts';

const KEY = 'sk_of_both';
const USERS = 1700;
const SUBSCRIPTIONS = 250;

const population = createPopulation({ users: USERS, subscriptions: SUBSCRIPTIONS });

/** A company of so many, the first of the users. More than a page, and the last page is a short one. */
const MEMBERS = 520;
const AT = Date.UTC(2024, 0);
const acme = clerkOrganization({
  id: 'org_acme',
  name: 'Acme',
  created_by: population.userId(0),
  created_at: AT,
  updated_at: AT,
});
const organizations = [
  acme,
  clerkOrganization({ id: 'org_alone', created_at: AT, updated_at: AT }),
];
const memberships = Array.from({ length: MEMBERS }, (_, index) =>
  clerkMembership({
    id: `orgmem_${index}`,
    role: index === 0 ? 'org:admin' : 'org:member',
    organization: acme,
    public_user_data: { user_id: population.userId(index), identifier: 'x@example.test' },
    created_at: AT + index,
    updated_at: AT + index,
  }),
);
const asked: string[] = [];
const note = ({ path, query }: ApiCall) => void asked.push(`${path}?${query.toString()}`);

let clerk: Awaited<ReturnType<typeof startClerkHistory>>;
let stripe: Awaited<ReturnType<typeof startStripeHistory>>;
let pipelines: Awaited<ReturnType<typeof startEmulator>>;
let relay: Relay;
let env: Record<string, string>;

beforeAll(async () => {
  const api = { key: KEY, population, before: note };
  [clerk, stripe, pipelines] = await Promise.all([
    startClerkHistory(api, () => ({ organizations, memberships })),
    startStripeHistory(api),
    startEmulator({ token: 'pipelines-key' }),
  ]);
  relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'pipelines-key',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    SYNC_ROWS_PER_DAY: '0',
    ORGANIZATIONS: 'on',
    SHARDS: '2',
    LINGER_MS: '20',
  });
  env = {
    ADMIN_TOKEN,
    RELAY_URL: relay.url,
    CLERK_SECRET_KEY: KEY,
    CLERK_API_URL: clerk.url,
    STRIPE_SECRET_KEY: KEY,
    STRIPE_API_URL: stripe.url,
  };
});

afterAll(async () => {
  await Promise.all([relay.close(), clerk.close(), stripe.close(), pipelines.close()]);
});

/** Until so many questions have come, then Ctrl-C. */
async function interrupted(questions: number): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [BINARY, 'sync', 'push'], {
    cwd: FOLDER,
    env: { PATH: process.env['PATH'] ?? '', HOME: FOLDER, ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  await until(() => asked.length >= questions);
  child.kill('SIGINT');
  return { code: await ended, said };
}

describe('a push', () => {
  it('counts, and changes nothing, with --dry-run', async () => {
    const { code, json } = await lastLook(['sync', 'push', '--only', 'clerk', '--dry-run']);
    expect({ code, json }).toMatchObject({ code: 0, json: { state: 'done', report: {} } });
    // Pages of a list without a cursor overlap by twenty.
    const rows = 2 * USERS + 2 * organizations.length + 3 * (MEMBERS + 20);
    expect(json['report']).toMatchObject({ profiles: USERS, rows });
    expect(asked.filter((each) => each.startsWith('/v1/subscriptions'))).toEqual([]);
    expect((await emulatorClient(pipelines.url).state()).identifies).toEqual([]);
  });

  it('goes on where it was interrupted, lets no other job begin, and brings everybody', async () => {
    asked.length = 0;
    clerk.script('200,200,200,slow 300,slow 300,slow 300,slow 300,500');
    const { code, said } = await interrupted(5);
    expect({ code, said }).toMatchObject({
      code: 1,
      said: expect.stringContaining('goes on from here'),
    });
    const before = asked.length;
    const other = await lifecycle(['sync', 'refresh'], { env });
    expect({ code: other.code, err: other.err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('A job is at work: push-'),
    });
    const { code: last, json } = await lastLook(['sync', 'push']);
    expect({ last, state: json['state'] }).toEqual({ last: 0, state: 'done' });
    const begins = asked.filter(
      (each) =>
        each.startsWith('/v1/users?') &&
        each.includes('limit=500') &&
        !each.includes('starting_after'),
    );
    expect(begins, 'the first page').toHaveLength(1);
    expect(asked.length).toBeGreaterThan(before);
    await delivered(relay);
    const { people, events } = await emulatorClient(pipelines.url).state();
    expect(Object.keys(people)).toHaveLength(USERS);
    expect(events).toEqual([]);
    const payers = Object.values(people).filter(({ traits }) => Number(traits['totalPaid']) > 0);
    const paid = Array.from({ length: SUBSCRIPTIONS }, (_, index) => index).filter(
      (index) => population.statusOf(index) !== 'trialing',
    );
    expect(payers).toHaveLength(paid.length);
    const members = Object.entries(people).filter(([, { traits }]) => traits['organizationId']);
    expect(members.map(([id]) => id).toSorted()).toEqual(
      memberships.map((_, index) => population.userId(index)).toSorted(),
    );
    expect(people[population.userId(0)]?.traits).toMatchObject({ organizationRole: 'org:admin' });
    expect(people[population.userId(1)]?.traits).toMatchObject({ organizationName: 'Acme' });
  });

  it('says which key is refused, and where to go on', async () => {
    const wrong = { ...env, CLERK_SECRET_KEY: 'sk_wrong' };
    const { code, err } = await lifecycle(['sync', 'push'], { env: wrong });
    expect({ code, err }).toMatchObject({
      code: 1,
      err: expect.stringContaining('CLERK_SECRET_KEY'),
    });
    expect(err).not.toContain('sk_wrong');
    await lifecycle(['sync', 'stop'], { env });
  });

  it('needs a key of each provider that is asked', async () => {
    const { STRIPE_SECRET_KEY: _, ...rest } = env;
    const { code, err } = await lifecycle(['sync', 'push'], { env: rest });
    expect({ code, err }).toMatchObject({
      code: 2,
      err: expect.stringContaining('STRIPE_SECRET_KEY'),
    });
  });
});

/** The last of the lines of JSON. */
async function lastLook(args: readonly string[]) {
  const { code, out } = await lifecycle([...args, '--json'], { env });
  const last = out.trim().split('\n').at(-1) ?? '';
  return { code, json: JSON.parse(last) as Record<string, unknown> };
}
