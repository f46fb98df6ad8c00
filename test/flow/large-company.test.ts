// A large company at the real Worker: all its members hear what it has bought. MEMBERS is how many there are; `MEMBERS=10000` plays a
// whole one, and prints what it took. And one above ORGANIZATION_FANOUT_MAX: health says so.

import { afterAll, beforeAll, expect, it } from 'vitest';

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { createMemory } from '../emulator/state.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const MEMBERS = Number(process.env['MEMBERS'] ?? 300);

/** Webhooks that are sent at once. */
const AT_ONCE = 32;

const AT = Date.now() - 60_000;

/** Those of each person's last identify. */
const plans = new Map<string, unknown>();
let server: Awaited<ReturnType<typeof startEmulator>>;
let relay: Relay;

beforeAll(async () => {
  const known = createMemory();
  const memory: typeof known = {
    ...known,
    take: (call, receivedAt) => {
      if (call['type'] === 'identify') {
        plans.set(String(call['userId']), Object(call['traits']).organizationPlan);
      }
      return known.take(call, receivedAt);
    },
  };
  server = await startEmulator({ token: 'flow-key', memory });
  relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'flow-key',
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    LINGER_MS: '50',
    ORGANIZATIONS: 'on',
    ORGANIZATION_FANOUT_MAX: String(MEMBERS),
  });
});

afterAll(async () => {
  await relay.close();
  await server.close();
});

function joins(user: string, role: string) {
  const about = { id: 'org_large', name: 'Large', slug: 'large', created_by: 'user_0' };
  const data = clerkMembership({
    id: `orgmem_${user}`,
    role,
    organization: clerkOrganization({ ...about, created_at: AT, updated_at: AT }),
    public_user_data: { user_id: user },
    created_at: AT,
    updated_at: AT,
  });
  return clerkEvent('organizationMembership.created', data, AT);
}

/** Its subscription, which gives every member another plan. */
function buys(status: 'active' | 'past_due') {
  const metadata = { clerkOrgId: 'org_large', clerkUserId: 'user_0' };
  const about = { id: 'sub_large', customer: 'cus_large', metadata, status };
  return status === 'active'
    ? stripeEvent('customer.subscription.created', subscription(about))
    : stripeEvent('customer.subscription.updated', subscription(about), {
        created: Math.floor(Date.now() / 1000),
        previous: { status: 'active' },
      });
}

async function rowsWritten(): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const text = await (await fetch(`${relay.url}/metrics`, { headers })).text();
  const found = text.matchAll(/^lifecycle_relay_rows_written_total\{.*\} (\d+)$/gm);
  return [...found].reduce((sum, [, rows]) => sum + Number(rows), 0);
}

async function health(): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${relay.url}/healthz`, { headers });
  return { code: response.status, ...Object(await response.json()) };
}

it('tells every member what it pays for, for two rows each', async () => {
  const left = Array.from({ length: MEMBERS }, (_, index) => `user_${index}`);
  const sender = async () => {
    for (let user = left.pop(); user !== undefined; user = left.pop()) {
      const role = user === 'user_0' ? 'org:admin' : 'org:member';
      expect((await post(relay, 'clerk', joins(user, role))).status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  expect(await delivered(relay)).toBe(true);
  const [rows, from] = [await rowsWritten(), performance.now()];
  const answer = await post(relay, 'stripe', buys('active'));
  expect(answer).toMatchObject({ status: 200, json: { outcome: 'accepted' } });
  const answeredMs = performance.now() - from;
  const told = () => [...plans.values()].filter((plan) => plan === 'pro').length;
  expect(await until(() => told() === MEMBERS)).toBe(true);
  const seconds = (performance.now() - from) / 1000;
  expect(await delivered(relay)).toBe(true);
  const each = ((await rowsWritten()) - rows) / MEMBERS;
  console.info(
    `${MEMBERS} members: ${seconds.toFixed(1)} s, ${each.toFixed(2)} rows each, answered after ${answeredMs.toFixed(0)} ms`,
  );
  expect(each).toBeLessThan(2.5);
  expect(await health()).toMatchObject({ code: 200, status: 'ok' });
  expect(await health()).not.toHaveProperty('warnings');
});

it('warns, and is well, once it has more members than are all told', async () => {
  await post(relay, 'clerk', joins('user_more', 'org:member'));
  await post(relay, 'stripe', buys('past_due'));
  const isWarned = async () => JSON.stringify(await health()).includes('fanout_exceeded');
  expect(await until(isWarned)).toBe(true);
  expect(await health()).toMatchObject({
    code: 200,
    status: 'ok',
    warnings: ['fanout_exceeded'],
  });
  expect(await until(() => plans.get('user_1') === null)).toBe(true);
  expect(plans.get('user_0')).toBe('pro');
});
