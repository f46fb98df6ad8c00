// One world for all tests in a browser: the real Worker behind emulators, with a customer's story, people, one that waits, and
// two groups of what is parked. The files under public/ are served as the platform serves them, beside the Worker.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { BrowserContext, Page } from 'playwright-core';

import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { story } from '../../src/samples/story.ts';
import { invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';

export type World = Awaited<ReturnType<typeof openWorld>>;

export const JANE = 'user_jane';
export const LINK = 'a-link-that-npm-start-has-made-up';
const PUBLIC = path.join(import.meta.dirname, '../../public');
const NOW = Math.floor(Date.now() / 1000);
export const HOSTILE = '<script>alert(1)</script>\u202Egnp.exe & <b>"x"';

export async function openWorld(people = 40) {
  const server = await startEmulator({ token: 'console-key' });
  const app = await startAppApi({ token: 'app-key' });
  const emulator = emulatorClient(server.url);
  const relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'console-key',
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    CUSTOMERIO_APP_TOKEN: 'app-key',
    CUSTOMERIO_APP_URL: `${app.url}/v1`,
    EMAILS: JSON.stringify({ payment_succeeded: { id: 'receipt', every_hours: 0 } }),
    CONSOLE_LINK: LINK,
    LINGER_MS: '50',
    SHARDS: '2',
  });
  await tellJane(relay);
  for (let each = 0; each < people; each += 1) {
    await post(
      relay,
      'clerk',
      signUp(`user_seed${each}`, `Person ${each}`, `seed${each}@example.test`),
    );
  }
  await post(relay, 'clerk', signUp('user_hostile', HOSTILE, 'hostile@example.test'));
  const waiting = subscription({
    id: 'sub_waits',
    customer: 'cus_waits',
    created: NOW,
    metadata: {},
  });
  await post(
    relay,
    'stripe',
    stripeEvent('customer.subscription.created', waiting, { created: NOW }),
  );
  await post(relay, 'clerk', { type: 'session.created', data: {}, object: 'event' });
  if (!(await delivered(relay))) throw new Error('the world has not landed');
  const again = () => parkMessages(relay, emulator);
  await again();
  await parkUnreadable(relay);
  const close = async () => {
    await relay.close();
    await server.close();
    await app.close();
  };
  const parkWebhooks = (count: number) => parkUnreadable(relay, count);
  return { relay, emulator, app, close, parkMessages: again, parkWebhooks };
}

type Relay = { readonly url: string };

/** The whole story but for its end, and two receipts of today. */
async function tellJane(relay: Relay): Promise<void> {
  const steps = story('jane', NOW).slice(0, -2);
  for (const { webhooks } of steps) {
    for (const { provider, body } of webhooks) await post(relay, provider, body);
  }
  for (const [index, amount] of [9900, 2500].entries()) {
    const bill = invoice(
      {
        id: `in_jane_today${index}`,
        customer: 'cus_jane',
        created: NOW - 60 + index,
        amount_due: amount,
        amount_paid: amount,
        status_transitions: { paid_at: NOW - 60 + index },
      },
      { periodStart: NOW - 60, subscription: 'sub_jane' },
    );
    await post(relay, 'stripe', stripeEvent('invoice.paid', bill, { created: NOW - 60 + index }));
  }
}

export function signUp(id: string, name: string, email: string) {
  const at = Date.now();
  const address = { id: `idn_${id}`, email_address: email, verification: { status: 'verified' } };
  const user = clerkUser({
    id,
    created_at: at,
    updated_at: at,
    first_name: name,
    last_name: null,
    email_addresses: [address],
    primary_email_address_id: address.id,
  } as Parameters<typeof clerkUser>[0]);
  return clerkEvent('user.created', user, at);
}

/** Customer.io refuses three times: the batch, and each half of it. */
async function parkMessages(
  relay: Relay,
  emulator: ReturnType<typeof emulatorClient>,
): Promise<void> {
  await emulator.script('400,400,400');
  await post(relay, 'clerk', signUp(`user_parked${Date.now()}`, 'Parked', 'parked@example.test'));
  await until(async () => (await parkedIn(relay)) >= 2);
}

async function parkUnreadable(relay: Relay, count = 1): Promise<void> {
  const data = { id: 7 };
  const body = { type: 'user.updated', object: 'event', timestamp: Date.now(), data };
  for (let each = 0; each < count; each += 1) await post(relay, 'clerk', body);
}

export async function parkedIn(relay: Relay): Promise<number> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${relay.url}/admin/status`, { headers });
  const { shards } = (await response.json()) as { shards: { parked: number }[] };
  return shards.reduce((all, { parked }) => all + parked, 0);
}

/** What the platform serves beside the Worker. */
export async function serveFiles(context: BrowserContext): Promise<void> {
  const files = readdirSync(PUBLIC).filter((file) => /^console-.*\.(css|js)$/.test(file));
  for (const file of files) {
    const contentType = file.endsWith('.css') ? 'text/css' : 'text/javascript';
    const body = readFileSync(path.join(PUBLIC, file), 'utf8');
    await context.route(`**/${file}`, (route) => route.fulfill({ contentType, body }));
  }
}

export async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/console`);
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation').waitFor();
}
