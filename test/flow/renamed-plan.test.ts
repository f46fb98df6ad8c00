// A renamed plan reaches everybody by one command, and what Customer.io shows is compared and repaired by another: the real
// Worker, deployed anew with other PLANS over the same disk, and the command line as a process of its own.

import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { lifecycle } from '../cli/lifecycle.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { joins } from '../organizations/acme.ts';
import { emulatorClient } from '../support/emulator.ts';
import { newFolder } from '../support/processes.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const COUNT = 60;

let pipelines: Awaited<ReturnType<typeof startEmulator>>;
let app: Awaited<ReturnType<typeof startAppApi>>;
let relay: Relay;
const folder = newFolder('renamed');

const userIds = Array.from({ length: COUNT }, (_, index) => `user_${index}`);

function vars(plan: string): Record<string, string> {
  return {
    CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    CUSTOMERIO_APP_TOKEN: 'app-key-1',
    CUSTOMERIO_APP_URL: app.appUrl,
    PLANS: JSON.stringify({ price_pro: plan }),
    SHARDS: '2',
    LINGER_MS: '0',
  };
}

const env = () => ({ ADMIN_TOKEN, RELAY_URL: relay.url });
const plans = async () => {
  const { people } = await emulatorClient(pipelines.url).state();
  return Object.values(people).map(({ traits }) => traits['plan']);
};
const identifies = async () => (await emulatorClient(pipelines.url).state()).identifies.length;

beforeAll(async () => {
  pipelines = await startEmulator({ token: 'pipelines-key-1' });
  app = await startAppApi({ token: 'app-key-1', requestsPerSecond: 1000 });
  relay = await startRelay(vars('Old'), folder);
  for (const userId of userIds) {
    const object = subscription({
      id: `sub_${userId.slice(5)}`,
      customer: `cus_${userId.slice(5)}`,
      metadata: { userId },
    });
    await post(relay, 'stripe', {
      ...stripeEvent('customer.subscription.created', object),
      id: `evt_${userId}`,
    });
  }
  await delivered(relay);
});
afterAll(async () => {
  await relay.close();
  await app.close();
  await pipelines.close();
});

describe('other variables, before anything is deployed', () => {
  const file = path.join(newFolder('against'), 'new.vars');
  writeFileSync(file, `PLANS={"price_pro":"New"}\nEVENTS={"subscription_started":"Started"}\n`);

  it('are held against the moments of the journal and all people, and change nothing', async () => {
    const before = await identifies();
    const { code, out } = await lifecycle(['explain', '--against', file], { env: env() });
    expect(out).toContain(`${COUNT} of ${COUNT} moments in the journal would be told differently.`);
    expect(out).toMatch(new RegExp(`${COUNT} × subscription_started → Started`));
    expect(out).toContain('plan: "Old" → "New"');
    expect(out).toContain(
      `${COUNT} of ${COUNT} people would be identified by lifecycle sync refresh.`,
    );
    expect(out).toContain(`  plan  ${COUNT}`);
    expect(out.match(/user_\d+/g)).toHaveLength(10);
    expect(code).toBe(0);
    expect(await identifies()).toBe(before);
    expect(new Set(await plans())).toEqual(new Set(['Old']));
  });

  it('give no moment of the journal away: names, and what names plans', async () => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const response = await fetch(`${relay.url}/admin/mapping/tracks`, { headers });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ mapping: { plans: { price_pro: 'Old' } } });
    expect(text).not.toMatch(/user_|cus_|sub_\d/);
  });

  it('are held against payloads, old and new side by side', async () => {
    const payload = path.join(newFolder('against'), 'webhook.json');
    const event = stripeEvent('customer.subscription.created', subscription());
    writeFileSync(payload, JSON.stringify(event));
    const { out } = await lifecycle(['explain', payload, '--against', file], { env: env() });
    expect(out).toContain('1 of 1 payloads would become something else.');
    expect(out).toContain('subscription_started → Started');
    expect(out).toContain('plan: "pro" → "New"');
  });

  it('that are wrong are named, and so is a file that is not there', async () => {
    const wrong = path.join(newFolder('against'), 'wrong.vars');
    writeFileSync(wrong, 'TRAIT_CASE=kebab\n');
    const named = await lifecycle(['explain', '--against', wrong], { env: env() });
    expect(named.err).toContain('TRAIT_CASE: expected "camel" or "snake"');
    const missing = await lifecycle(['explain', '--against', 'nowhere.toml'], { env: env() });
    expect(missing.err).toContain('there is no such file');
  });
});

describe('a renamed plan', () => {
  beforeAll(async () => {
    await relay.kill();
    relay = await startRelay(vars('New'), folder);
  });

  it('is shown first: how many, which traits, ten of them', async () => {
    expect(new Set(await plans())).toEqual(new Set(['Old']));
    const { code, out } = await lifecycle(['sync', 'refresh', '--dry-run'], { env: env() });
    expect(out).toContain(`${COUNT} people were last told something else than what is so now.`);
    expect(out).toContain(`traits that differ: plan ${COUNT}`);
    expect(out.match(/user_\d+/g)).toHaveLength(10);
    expect(code).toBe(0);
    expect(await delivered(relay)).toBe(true);
    expect(new Set(await plans())).toEqual(new Set(['Old']));
  });

  it('reaches everybody by one command, and nobody twice', async () => {
    const before = await identifies();
    expect((await lifecycle(['sync', 'refresh'], { env: env() })).code).toBe(0);
    expect(await delivered(relay)).toBe(true);
    expect(await plans()).toEqual(userIds.map(() => 'New'));
    expect(await identifies()).toBe(before + COUNT);
    const again = await lifecycle(['sync', 'refresh'], { env: env() });
    expect(again.out).toContain('0 people were last told');
    expect(await identifies()).toBe(before + COUNT);
  });
});

describe('drift', () => {
  it('judges nothing that has just been told', async () => {
    const { code, out } = await lifecycle(['sync', 'drift'], { env: env() });
    expect(out).toContain('0 compared: 0 missing, 0 with something that differs.');
    expect(out).toContain(`${COUNT} were told something within the last minutes: not compared.`);
    expect(code).toBe(0);
  });

  it('looks at organizations where they are objects, with figures of their own', async () => {
    await relay.kill();
    const objects = { ORGANIZATIONS: 'on', ORGANIZATION_OBJECT_TYPE: '2' };
    relay = await startRelay({ ...vars('New'), ...objects }, folder);
    await post(relay, 'clerk', joins('user_ada', 'org:admin'));
    const isTold = async () => {
      const { out } = await lifecycle(['sync', 'drift', '--sample', '1'], { env: env() });
      const [, found = ''] = out.split('Organizations, as objects:\n');
      return found.startsWith(
        '0 compared: 0 missing, 0 with something that differs.\n1 were told something within',
      );
    };
    expect(await until(isTold)).toBe(true);
  });

  it('says which key it needs, and which count', async () => {
    await relay.kill();
    relay = await startRelay({ ...vars('New'), CUSTOMERIO_APP_TOKEN: '' }, folder);
    const { code, err } = await lifecycle(['sync', 'drift'], { env: env() });
    expect(err).toContain('CUSTOMERIO_APP_TOKEN is not set');
    expect(code).not.toBe(0);
    const wrong = await lifecycle(['sync', 'drift', '--sample', 'many'], { env: env() });
    expect(wrong.err).toContain('--sample is a whole number from 1 on.');
  });
});
