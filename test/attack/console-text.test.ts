// What strangers write, on every page of the console, against the real Worker: markup, quotes, the templates' own signs and
// direction controls, in names, ids, metadata, types, plans and addresses. All of it is text.

import { afterAll, beforeAll, expect, it } from 'vitest';

import { formTokenOf } from '../../src/console/browser/session.ts';
import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { signUp } from '../console/world.ts';
import { ADMIN_TOKEN, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';

const SIGNS = `x"><img src=x onerror=alert(1)>'{{token}}{{>many}}<script>alert(1)</script>`;
/** They turn text around, hide in it, or ring. */
const UNSEEN = ['\u202E', '\u2066', '\u200B', '\u0007'];
const EVIL = SIGNS + UNSEEN.join('gnp');
const IN_ADDRESS = encodeURIComponent(EVIL);
const TOKEN = formTokenOf('tool', ADMIN_TOKEN);

let relay: Relay;

beforeAll(async () => {
  relay = await startRelay({ ORGANIZATIONS: 'on', LINGER_MS: '50', SHARDS: '1' });
  await post(relay, 'clerk', signUp('user_evil', EVIL, 'evil@example.test'));
  const made = { id: 'org_evil', name: EVIL, slug: EVIL, created_by: 'user_evil' };
  await post(
    relay,
    'clerk',
    clerkEvent('organization.created', clerkOrganization(made), Date.now()),
  );
  for (const [id, metadata] of [
    ['evil', { clerkUserId: 'user_evil', [EVIL]: EVIL }],
    ['waits', { clerkUserId: EVIL }],
  ] as const) {
    const bought = subscription({ id: `sub_${id}`, customer: `cus_${id}`, metadata });
    const event = stripeEvent('customer.subscription.created', bought);
    const isName = (field: string) => field === 'nickname' || field === 'lookup_key';
    const named = JSON.parse(JSON.stringify(event), (field, value: unknown) =>
      isName(field) ? EVIL : value,
    ) as object;
    await post(relay, 'stripe', named);
  }
  // Unlike any schema, with names of its own, and of a type that nobody knows.
  const unread = { object: 'event', timestamp: Date.now(), data: { id: 7, [EVIL]: EVIL } };
  await post(relay, 'clerk', { ...unread, type: 'user.updated' });
  await post(relay, 'clerk', { ...unread, type: `user.${EVIL}` });
});

afterAll(() => relay.close());

async function ask(path: string, form?: Readonly<Record<string, string>>): Promise<string> {
  const headers = {
    authorization: `Bearer ${ADMIN_TOKEN}`,
    origin: relay.url,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const body = form === undefined ? null : new URLSearchParams({ token: TOKEN, ...form });
  const method = form === undefined ? 'GET' : 'POST';
  const answer = await fetch(`${relay.url}/console${path}`, { method, headers, body });
  expect(answer.status).toBeLessThan(500);
  return answer.text();
}

/** What a form is sent back with stays as it was typed, in its field. */
function withoutFields(html: string): string {
  return html.replaceAll(/<textarea[^>]*>[^<]*<\/textarea>/g, '');
}

function expectText(html: string): void {
  expect(html).not.toMatch(/<img|<script>|x"&gt;&lt;img/);
  for (const sign of UNSEEN) expect(html.includes(sign)).toBe(false);
  // Ours alone: a name that is a template's sign is not filled in.
  expect(withoutFields(html).split(TOKEN).length).toBe(html.split('name="token"').length);
}

it('is shown as text where it is shown', async () => {
  for (const path of ['/people/user_evil', '/organizations/org_evil', '/webhooks', '/parked']) {
    const html = await ask(path);
    expectText(html);
    const isSaid = html.includes('&lt;script&gt;alert(1)');
    expect({ path, isSaid }).toEqual({ path, isSaid: path !== '/parked' });
  }
});

it.each([
  '',
  '/people',
  '/waiting',
  '/mapping',
  '/sync',
  '/setup',
  `/webhooks?provider=${IN_ADDRESS}&type=${IN_ADDRESS}&outcome=${IN_ADDRESS}&person=${IN_ADDRESS}`,
  `/people?q=${IN_ADDRESS}`,
  `/people/${IN_ADDRESS}`,
  `/people/user_evil?note=${IN_ADDRESS}`,
  `/organizations/${IN_ADDRESS}`,
  `/organizations/org_evil?after=${IN_ADDRESS}`,
  `/waiting/link?customer=${IN_ADDRESS}&person=${IN_ADDRESS}`,
  '/waiting/link?customer=cus_waits&person=user_evil',
  `/parked?did=${IN_ADDRESS}&count=${IN_ADDRESS}`,
  `/parked/group?of=${IN_ADDRESS}`,
  `/parked/${IN_ADDRESS}`,
  `/sync?note=${IN_ADDRESS}`,
  `/setup?test=clerk&answer=${IN_ADDRESS}`,
  `/${IN_ADDRESS}`,
])('is text on the page at /console%s', async (path) => {
  expectText(await ask(path));
});

it('is text in every webhook and every parked thing', async () => {
  for (let seq = 1; seq <= 6; seq += 1) {
    expectText(await ask(`/webhooks/s0-${seq}`));
    expectText(await ask(`/parked/s0-${seq}`));
  }
  expect(await ask('/parked/s0-1')).toContain('&lt;script&gt;alert(1)');
});

it('is text where a form brings it', async () => {
  const signed = signUp('user_evil', EVIL, 'evil@example.test');
  const payload = JSON.stringify(signed);
  const tables = {
    PLANS: `price_pro = ${SIGNS}`,
    EVENTS: `user_created = ${SIGNS}`,
    TRAITS: `evil = ${SIGNS}`,
  };
  for (const [path, form] of [
    ['/people', { q: EVIL }],
    ['/people', { q: `${EVIL}@example.test` }],
    ['/people/user_evil/forget', { typed: EVIL }],
    ['/waiting/link', { customerId: EVIL, userId: EVIL }],
    ['/parked', { do: EVIL, of: EVIL, id: EVIL, until: EVIL }],
    ['/parked', { do: 'replay', of: EVIL, until: '1' }],
    ['/sync', { kind: EVIL, hours: EVIL }],
    ['/setup', { test: EVIL }],
    ['/mapping', { payload, ...tables }],
    ['/mapping', { payload, PLANS: tables.PLANS, EVENTS: tables.EVENTS }],
    ['/mapping', { payload: JSON.stringify({ ...signed, type: `user.${EVIL}` }) }],
    ['/mapping', { payload: `</textarea>${EVIL}` }],
    ['/mapping', { recent: EVIL }],
  ] as const) {
    const html = await ask(path, form);
    expectText(withoutFields(html));
    expect(html).not.toMatch(/<img|<script>/);
  }
});
