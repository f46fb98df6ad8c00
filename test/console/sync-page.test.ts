// The page of jobs in a real browser, over the real Worker and emulated providers: each job says first how many it touches,
// begins with what was counted, shows how far it is, and is a line of the audit.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { startAppApi } from '../emulator/app-api.ts';
import { startClerkHistory, startStripeHistory } from '../emulator/history.ts';
import { createPopulation } from '../emulator/population.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { openBrowser } from './browser.ts';
import { serveFiles, signIn, signUp } from './world.ts';

const USERS = 12;
const SUBSCRIPTIONS = 8;
const KEY = 'sk_of_both';

const browser = await openBrowser();
const population = createPopulation({ users: USERS, subscriptions: SUBSCRIPTIONS });
const audit: Record<string, unknown>[] = [];
let close: () => Promise<void>;
let relay: Relay;
let start: (vars?: Readonly<Record<string, string>>) => Promise<void>;
let emulator: ReturnType<typeof emulatorClient>;
let clerk: Awaited<ReturnType<typeof startClerkHistory>>;
/** Emails that Clerk was asked for. */
const searched: string[] = [];
let context: BrowserContext;
let page: Page;
/** Also after a restart: a session is signed, not stored. */
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  if (browser === null) return;
  const api = { key: KEY, population };
  const before = ({ query }: { readonly query: URLSearchParams }) => {
    searched.push(...query.getAll('email_address'));
  };
  const [pipelines, app, clerkApi, stripe] = await Promise.all([
    startEmulator({ token: 'console-key' }),
    startAppApi({ token: 'app-key' }),
    startClerkHistory({ ...api, before }),
    startStripeHistory(api),
  ]);
  clerk = clerkApi;
  emulator = emulatorClient(pipelines.url);
  let folder: string | undefined;
  start = async (vars = {}) => {
    relay = await startRelay(
      {
        CUSTOMERIO_TRACK_TOKEN: 'console-key',
        CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
        CUSTOMERIO_APP_TOKEN: 'app-key',
        CUSTOMERIO_APP_URL: `${app.url}/v1`,
        CLERK_SECRET_KEY: KEY,
        CLERK_API_URL: clerk.url,
        STRIPE_SECRET_KEY: KEY,
        STRIPE_API_URL: stripe.url,
        SHARDS: '2',
        LINGER_MS: '20',
        ...vars,
      },
      folder,
    );
    folder = relay.folder;
    relay.hear((line) => {
      if (line.includes('"stage":"audit"')) audit.push(JSON.parse(line.slice(line.indexOf('{'))));
    });
  };
  await start();
  const first = await browser.newContext();
  await signIn(await first.newPage(), relay.url);
  signedIn = await first.storageState();
  await first.close();
  close = async () => {
    await relay.close();
    await Promise.all([pipelines, app, clerkApi, stripe].map((each) => each.close()));
  };
});

afterAll(async () => {
  await browser?.close();
  await close?.();
});

beforeEach(async () => {
  if (browser === null) return;
  context = await browser.newContext({ storageState: signedIn });
  await serveFiles(context);
  page = await context.newPage();
  await page.goto(`${relay.url}/console/sync`);
});

afterEach(() => context?.close());

/** The page stays as it is: what is new comes into it by itself. */
async function press(name: RegExp | string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await page.getByText('It has begun.').waitFor();
}

async function pressUncounted(fields: Readonly<Record<string, string>>): Promise<string> {
  const token = await page.locator('input[name=token]').first().inputValue();
  const form = { token, ...fields };
  const answer = await page.request.post(`${relay.url}/console/sync`, {
    form,
    headers: { origin: relay.url },
  });
  return answer.text();
}

async function ended(heading: RegExp): Promise<void> {
  await page.getByRole('heading', { name: heading }).first().waitFor();
}

function said(action: string) {
  return audit.findLast((line) => line['action'] === `console ${action}`);
}

/** As if they had been told an hour ago: what was told too lately is not compared. */
async function anHourAgo(vars: Readonly<Record<string, string>>): Promise<void> {
  await relay.kill();
  const files = readdirSync(path.join(relay.folder, 'disk'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /Outbox.*\.sqlite$/.test(name))) {
    const db = new DatabaseSync(path.join(relay.folder, 'disk', file));
    const isPeople = db.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'people'`).get();
    if (isPeople !== undefined) {
      db.exec(`UPDATE people SET person =
        json_set(person, '$.lastIdentifyAt', json_extract(person, '$.lastIdentifyAt') - 3600000)`);
    }
    db.close();
  }
  await start(vars);
}

async function requestsSeen(): Promise<number> {
  return (await emulator.state()).requests.length;
}

describe.skipIf(browser === null)('an operator at the page of jobs', () => {
  it('backfills everybody a count has counted, and nobody before', async () => {
    expect(await page.getByRole('button', { name: /^Backfill/ }).count()).toBe(0);
    expect(await pressUncounted({ kind: 'backfill' })).toContain('Count first');
    await press('Count for a backfill');
    await ended(/^backfill \(count\) done/);
    await page.getByText(`${USERS} people would be new at Customer.io`).waitFor();
    await press(/^Backfill \d+ objects, 12 people new/);
    await ended(/^backfill done/);
    expect(await delivered(relay)).toBe(true);
    await page.goto(`${relay.url}/console/people/user_p0`);
    await page.getByRole('heading', { name: 'Name0' }).waitFor();
    expect(said('sync backfill')).toMatchObject({ outcome: 'begun', people: USERS });
    expect(said('sync backfill count')).toMatchObject({ outcome: 'begun' });
  });

  it('begins nothing twice from one count', async () => {
    expect(await page.getByRole('button', { name: /^Backfill \d/ }).count()).toBe(0);
    expect(await pressUncounted({ kind: 'backfill' })).toContain('Count first');
  });

  it('finds a person by the email that Clerk knows, and what was told them behind one click', async () => {
    await page.getByLabel('Find a person').fill('Person3@example.test');
    await page.getByLabel('Find a person').press('Enter');
    await page.getByRole('heading', { name: 'Name3' }).waitFor();
    expect(searched).toEqual(['Person3@example.test']);
    expect(page.url()).toBe(`${relay.url}/console/people/user_p3`);
    await page.locator('.timeline').getByRole('link').first().click();
    await page.getByRole('heading', { name: 'What was sent' }).waitFor();
  });

  it('finds them without Clerk, too: where it does not answer, and where it knows nobody', async () => {
    await post(relay, 'clerk', signUp('user_here', 'Here', 'here@example.test'));
    for (const faults of ['500,500,500,500', '']) {
      clerk.script(faults);
      await page.goto(`${relay.url}/console/people`);
      await page.getByLabel('Find a person').fill('here@example.test');
      await page.getByLabel('Find a person').press('Enter');
      await page.getByRole('heading', { name: 'Here' }).waitFor();
    }
    clerk.script('');
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    await fetch(`${relay.url}/admin/people/user_here`, { method: 'DELETE', headers });
    expect(await delivered(relay)).toBe(true);
  });

  it('reconciles the time that was counted', async () => {
    await page.getByLabel('Since').selectOption('24');
    await press('Count for a reconcile');
    await ended(/^reconcile \(count\) done/);
    await press(/^Look through \d+ objects? since /);
    await ended(/^reconcile done/);
    expect(said('sync reconcile')).toMatchObject({ outcome: 'begun', people: 0 });
  });

  it('looks for drift, and repairs whom the look has found', async () => {
    await anHourAgo({});
    await page.goto(`${relay.url}/console/sync`);
    expect(await pressUncounted({ kind: 'drift', repair: 'yes' })).toContain('Count first');
    await press('Look for drift');
    await ended(/^drift done/);
    await page.getByText(`${USERS} compared: ${USERS} missing at Customer.io`).waitFor();
    const before = await requestsSeen();
    await press(`Look again and repair, ${USERS} people at most`);
    await ended(/^drift and repair done/);
    await page.getByText(`${USERS} told again.`).waitFor();
    expect(await delivered(relay)).toBe(true);
    expect(await requestsSeen()).toBeGreaterThan(before);
    expect(said('sync drift repair')).toMatchObject({ outcome: 'begun', people: USERS });
  });

  it('refreshes whom a changed mapping touches, with some of them named', async () => {
    await anHourAgo({ TRAIT_CASE: 'snake' });
    await page.goto(`${relay.url}/console/sync`);
    await press('Count for a refresh');
    await ended(/^refresh \(count\) done/);
    await page.getByText(`${USERS} of ${USERS} people were last told something else`).waitFor();
    expect(await page.locator('.found').first().getByRole('link').count()).toBe(10);
    await press(`Refresh ${USERS} people`);
    await ended(/^refresh done/);
    expect(await delivered(relay)).toBe(true);
    await press('Count for a refresh');
    await page.getByText('Nobody is due one.').waitFor();
    expect(said('sync refresh')).toMatchObject({ outcome: 'begun', people: USERS });
  });

  it('begins nothing that no page offers', async () => {
    await pressUncounted({ kind: 'push' });
    expect(said('sync unknown')).toMatchObject({ outcome: 'kind_unknown' });
  });
});
