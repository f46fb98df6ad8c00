// docs/organizations.md in a clean clone: the story it begins with, the command that it ends with, and every other command that it
// names. What the story is configured with is what the page says to set.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkUser } from '../../src/samples/clerk.ts';
import { companyStory } from '../../src/samples/company-story.ts';
import { sendWebhook } from '../../src/samples/send-webhook.ts';
import { clerkSecret } from '../../src/samples/sign-clerk.ts';
import { subscription } from '../../src/samples/stripe.ts';
import { companyVars } from '../../src/start/company.ts';
import { until } from '../../src/start/until.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { heldPopulation } from '../emulator/held-population.ts';
import type { HeldObjects } from '../emulator/held-population.ts';
import { startClerkHistory, startStripeHistory } from '../emulator/history.ts';
import type { History } from '../emulator/history.ts';
import type { Population } from '../emulator/population.ts';
import { startEmulator } from '../emulator/server.ts';
import { freePorts, toItsEnd } from '../support/processes.ts';
import { ADMIN_TOKEN, delivered, startRelay } from '../support/relay.ts';
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

/** A command of the page, word for word, with what it leaves open. */
function typed(command: string, ...filled: readonly (readonly [open: string, by: string])[]) {
  expect(page).toContain(`\`${command}\``);
  return filled.reduce((line, [open, by]) => line.replace(open, by), command);
}

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
    const [look = '', id = ''] =
      /npx --no-install lifecycle organization (\S+) --worker \S+/.exec(text) ?? [];
    expect(look).toContain(
      typed('npx --no-install lifecycle organization org_...', ['org_...', id]),
    );
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

const KEY = 'sk_test_of_both_00000000';
const APP_KEY = 'app-key-of-a-newcomer';
const SIGNING = { clerk: clerkSecret(), stripe: 'whsec_of_a_newcomer_0001' };

it('takes the webhooks of an own test mode by what it says to set, a line each', async () => {
  const { folder: cwd, env } = clone;
  const toml = path.join(cwd, 'wrangler.toml');
  const [was, is] = ['# ORGANIZATIONS = "off"', 'ORGANIZATIONS = "on"'];
  expect(page).toContain(`\`${was}\` and write \`${is}\``);
  const before = readFileSync(toml, 'utf8');
  expect(before.split('\n')).toContain(was);
  writeFileSync(toml, before.replace(was, is));
  const deployed = await play(`${typed('npm run deploy')} -- --dry-run`);
  expect(deployed.text).toContain('env.ORGANIZATIONS ("on")');
  expect(deployed.code).toBe(0);
  const { clerk, stripe } = SIGNING;
  writeFileSync(
    path.join(cwd, '.dev.vars'),
    `CLERK_WEBHOOK_SIGNING_SECRET=${clerk}\nSTRIPE_WEBHOOK_SECRET=${stripe}\n`,
  );
  const args = ['start', '--', '--with', '.dev.vars', ...(await freePorts())];
  const child = spawn('npm', args, { cwd, env, detached: true });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  try {
    expect(await until(() => text.includes('Ctrl-C stops everything.'))).toBe(true);
    const [, url = ''] = /(http:\S+)\/webhooks\/clerk/.exec(text) ?? [];
    const { steps } = companyStory('own', Math.floor(Date.now() / 1000));
    const webhooks = steps.flatMap((step) => step.webhooks);
    for (const webhook of webhooks) {
      expect(await sendWebhook(url, webhook, SIGNING)).toBe('accepted');
    }
    const lines = () => text.match(/^\d\d:\d\d:\d\d (?:clerk|stripe) \S+ accepted/gm) ?? [];
    expect(await until(() => lines().length >= webhooks.length)).toBe(true);
    expect(text).toContain('stripe invoice.payment_failed accepted → payment_failed\n');
  } finally {
    const ended = once(child, 'exit');
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await ended;
    writeFileSync(toml, before);
  }
});

it('is looked at by the doctor, and pulls who was there before, by the commands it gives', async () => {
  const at = Date.UTC(2026, 9, 1);
  const organization = clerkOrganization({
    id: 'org_old',
    created_by: 'user_old',
    created_at: at,
    updated_at: at,
  });
  const membership = clerkMembership({
    id: 'orgmem_old',
    role: 'org:admin',
    organization,
    public_user_data: { user_id: 'user_old' },
    created_at: at,
    updated_at: at,
  });
  const held = {
    users: [
      { ...clerkUser({ id: 'user_old', created_at: at, updated_at: at }), last_active_at: at },
    ],
    subscriptions: [
      subscription({
        id: 'sub_old',
        customer: 'cus_old',
        metadata: { clerkOrgId: 'org_old', clerkUserId: 'user_old' },
      }),
    ],
    invoices: [],
  } as unknown as HeldObjects;
  const api = { key: KEY, population: heldPopulation(held) as Population };
  const history = {
    organizations: [organization],
    memberships: [membership],
  } as unknown as History;
  const [pipelines, app, clerk, stripe] = await Promise.all([
    startEmulator({ token: APP_KEY }),
    startAppApi({ token: APP_KEY, objectTypes: [{ id: '1', name: 'Companies', enabled: true }] }),
    startClerkHistory(api, () => history),
    startStripeHistory(api, () => history),
  ]);
  const vars = {
    CUSTOMERIO_TRACK_TOKEN: APP_KEY,
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_TOKEN: APP_KEY,
    CUSTOMERIO_APP_URL: app.appUrl,
    CLERK_SECRET_KEY: KEY,
    CLERK_API_URL: clerk.url,
    STRIPE_SECRET_KEY: KEY,
    STRIPE_API_URL: stripe.url,
    ORGANIZATIONS: 'on',
    ORGANIZATION_OBJECT_TYPE: '1',
  };
  const relay = await startRelay({ ...vars, SHARDS: '2', LINGER_MS: '0' });
  try {
    const mine = { ...vars, ADMIN_TOKEN, RELAY_URL: relay.url };
    const doctor = 'npx --no-install lifecycle doctor --worker https://...';
    const { text: found } = await play(typed(doctor, ['https://...', relay.url]), mine);
    expect(found).toMatch(/^ok +Clerk organizations: are enabled, 1 of them$/m);
    expect(found).toMatch(/^ok +object type: organizations are objects of type 1, "Companies"$/m);
    const backfill = await play(typed('npx --no-install lifecycle sync backfill'), mine);
    expect(backfill.text).toMatch(/^Clerk users: 1 of 1/m);
    expect(backfill.text).toMatch(/^Clerk organizations: 1 of 1/m);
    expect(backfill.text).toMatch(/^Clerk memberships: 1 of 1/m);
    expect(backfill.code).toBe(0);
    expect(await delivered(relay)).toBe(true);
    const look = typed('npx --no-install lifecycle organization org_...', ['org_...', 'org_old']);
    const { text: shown } = await play(look, mine);
    expect(shown).toMatch(/^sub_old +pro +active .* user_old$/m);
    expect(shown).toMatch(/^user_old +org:admin +2026-10-01 +yes$/m);
    const link = typed(
      'lifecycle link cus_... org_...',
      ['cus_...', 'cus_new'],
      ['org_...', 'org_old'],
    );
    expect((await play(`npx --no-install ${link}`, mine)).text).toContain(
      'cus_new is the organization org_old.',
    );
    for (const again of ['lifecycle sync refresh', 'lifecycle sync drift']) {
      expect(await play(`npx --no-install ${typed(again)}`, mine)).toMatchObject({ code: 0 });
    }
  } finally {
    await Promise.all([relay, pipelines, app, clerk, stripe].map(async (each) => each.close()));
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
