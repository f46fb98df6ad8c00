// P11: after a deletion no table of the real Worker holds the person's id, email or name. Everything that may hold one is
// filled first; then the files on the disk are read.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { personKey } from '../../src/outbox/people/table.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import {
  checkoutSession,
  customer,
  invoice,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import type { EmulatorClient } from '../support/emulator.ts';
import { newCustomer, newUser } from '../support/person-events.ts';
import { ADMIN_TOKEN, delivered, post, startRelay } from '../support/relay.ts';
import type { Relay } from '../support/relay.ts';
import { storedRows } from '../support/stored.ts';

const [victim, victimCustomer, bystander] = [newUser(), newCustomer(), newUser()];
const byHand = newUser();
const EMAIL = 'Zephyrine.Quux@forget.test';
const [FIRST_NAME, LAST_NAME, PHONE] = ['Zephyrine', 'Quuxington', '+4915155501234'];
const TRACES = [byHand, victim, EMAIL.toLowerCase(), 'zephyrine', 'quuxington', PHONE];

let emulator: EmulatorClient;
let relay: Relay;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const pipelines = await startEmulator({ token: 'forget-key' });
  closers.push(pipelines.close);
  emulator = emulatorClient(pipelines.url);
  relay = await startRelay({
    CUSTOMERIO_TRACK_TOKEN: 'forget-key',
    CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
    LINGER_MS: '0',
    SHARDS: '3',
  });
});

afterAll(async () => {
  await relay.close();
  for (const close of closers) await close();
});

const traces = () =>
  storedRows(relay.folder).filter((row) =>
    TRACES.some((trace) => row.toLowerCase().includes(trace)),
  );

/** The copy of a running one may be torn: then it is read again. */
function areGone(): boolean {
  try {
    return traces().length === 0;
  } catch {
    return false;
  }
}

/** What the relay shows of a person, table by table: the list of places that a deletion has to reach. */
async function held(userId: string): Promise<Record<string, unknown[]>> {
  const tables: Record<string, unknown[]> = {};
  let path = `/people/${userId}/export`;
  for (;;) {
    const { json } = await admin('GET', path);
    for (const { table, row } of json['held'] as { table: string; row: unknown }[]) {
      (tables[table] ??= []).push(row);
    }
    if (typeof json['next'] !== 'string') return tables;
    path = `/people/${userId}/export?after=${json['next']}`;
  }
}

async function admin(method: string, path: string) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const response = await fetch(`${relay.url}/admin${path}`, { method, headers });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** Like ours by type, but of no shape that we can read. */
const unreadable = (object: Record<string, unknown>) =>
  stripeEvent('invoice.paid', { object: 'invoice', id: 7, ...object });

describe('a deleted person', () => {
  it('deleted by hand is forgotten by the same path, and comes back by nothing', async () => {
    const user = clerkUser({ id: byHand });
    await post(relay, 'clerk', clerkEvent('user.created', user));
    const path = `/people/${byHand}`;
    expect(await admin('DELETE', path)).toEqual({
      status: 200,
      json: { userId: byHand, outcome: 'deleted' },
    });
    expect(await delivered(relay)).toBe(true);
    expect((await emulator.state()).removed).toEqual([byHand]);
    expect((await admin('DELETE', path)).json).toEqual({ userId: byHand, outcome: 'erased' });
    expect((await admin('GET', path)).status).toBe(410);
    const late = await post(relay, 'clerk', clerkEvent('user.updated', user));
    expect(late.json).toEqual({ outcome: 'ignored' });
    expect((await admin('DELETE', '/people/ada')).status).toBe(400);
    expect((await fetch(`${relay.url}/admin${path}`, { method: 'DELETE' })).status).toBe(401);
  });

  it('is in no table any more: id, email, name and phone number, whatever held them', async () => {
    const user = clerkUser({
      id: victim,
      first_name: FIRST_NAME,
      last_name: LAST_NAME,
      email_addresses: [clerkEmail('idn_1', EMAIL)],
      phone_numbers: [{ id: 'ph_1', phone_number: PHONE }],
      primary_phone_number_id: 'ph_1',
      public_metadata: { stripeCustomerId: victimCustomer },
    });
    await post(relay, 'clerk', clerkEvent('user.created', user));
    const sold = subscription({ id: `sub_${victimCustomer}`, customer: victimCustomer });
    await post(relay, 'stripe', stripeEvent('customer.subscription.created', sold));
    // What is parked: a message of theirs, and webhooks that name them by each of what we know.
    await emulator.script('400,400,400');
    await post(
      relay,
      'stripe',
      stripeEvent('invoice.paid', invoice({ id: 'in_1', customer: victimCustomer })),
    );
    expect(await delivered(relay)).toBe(true);
    for (const object of [
      { metadata: { clerkUserId: victim } },
      { customer_email: EMAIL.toUpperCase(), customer_name: `${FIRST_NAME} ${LAST_NAME}` },
      { customer: victimCustomer, customer_name: LAST_NAME },
      { description: `Paid by phone, ${PHONE}.` },
    ]) {
      expect((await post(relay, 'stripe', unreadable(object))).json).toEqual({ outcome: 'parked' });
    }
    const other = unreadable({
      metadata: { clerkUserId: bystander },
      customer_email: 'other@forget.test',
    });
    await post(relay, 'stripe', other);
    // A second customer, who is theirs by what its subscription says.
    const stranger = newCustomer();
    const unknown = invoice({ id: 'in_2', customer: stranger });
    await post(relay, 'stripe', stripeEvent('invoice.paid', unknown));
    const named = subscription({
      id: `sub_${stranger}`,
      customer: stranger,
      metadata: { clerkUserId: victim },
    });
    await post(relay, 'stripe', stripeEvent('customer.subscription.created', named));
    // And a third, which is deleted at Stripe.
    const third = { id: newCustomer(), metadata: { clerkUserId: victim } };
    await post(relay, 'stripe', stripeEvent('customer.deleted', customer(third)));
    // A buyer who typed the victim's id: the hint waits, because they have a customer of the application's.
    const session = checkoutSession({
      id: 'cs_forget',
      customer: newCustomer(),
      payment_link: 'plink_1',
      client_reference_id: victim,
      customer_details: { email: 'buyer@forget.test' },
    });
    const typed = await post(relay, 'stripe', stripeEvent('checkout.session.completed', session));
    expect(typed.json).toEqual({ outcome: 'waiting' });
    // What is pending when the deletion comes.
    await emulator.down();
    await post(
      relay,
      'clerk',
      clerkEvent('user.updated', { ...user, first_name: 'Zephyrine II', updated_at: Date.now() }),
    );
    const isThere = (row: string) => traces().some((trace) => trace.startsWith(row));
    for (const table of ['people', 'journal', 'parked', 'links', 'hints']) {
      expect([table, await until(() => isThere(table), 20_000)]).toEqual([table, true]);
    }
    expect(storedRows(relay.folder).some((row) => row.startsWith('waiting'))).toBe(true);
    // Wherever the disk has a trace of them, the export shows it.
    const shown = await held(victim);
    const onDisk = new Set(traces().map((row) => (row.split(' ')[0] ?? '').replace(/_\d+$/, '')));
    expect(Object.keys(shown)).toEqual(expect.arrayContaining([...onDisk]));
    const parked = shown['parked'] as { person: string | null }[];
    expect(parked.filter(({ person }) => person === null)).toHaveLength(4);
    expect(parked.some(({ person }) => person === personKey(victim))).toBe(true);
    expect(JSON.stringify(shown)).not.toContain(bystander);

    const gone = clerkEvent('user.deleted', { object: 'user', id: victim, deleted: true });
    expect((await post(relay, 'clerk', gone)).json).toEqual({ outcome: 'accepted' });
    await emulator.up();
    expect(await delivered(relay)).toBe(true);
    expect(await until(areGone, 60_000)).toBe(true);
    expect((await emulator.state()).removed).toContain(victim);
    // What is left is the hash of the id, and marks of their customers.
    const left = await held(victim);
    expect(left['people']).toEqual([{ id: personKey(victim), person: null }]);
    expect(Object.keys(left).toSorted()).toEqual(['formers', 'gone', 'journal', 'links', 'people']);
    // In which shard somebody had the customer, and not who.
    const shard = shardName(shardOf(victim, 3));
    const former = { customer: expect.stringMatching(/^cus_/), shard, at: expect.any(Number) };
    const formers = left['formers'] ?? [];
    expect(formers).toEqual(formers.map(() => former));
    expect(left['journal']?.every((row) => JSON.stringify(row).includes('"messages":[]'))).toBe(
      true,
    );
    // Somebody else's webhook is there still.
    expect((await admin('GET', '/parked')).json['parked']).toHaveLength(1);

    // Nothing that comes late brings any of it back, and a kill finds nothing either.
    await post(relay, 'clerk', clerkEvent('user.updated', user));
    await post(
      relay,
      'stripe',
      stripeEvent(
        'customer.updated',
        customer({ id: victimCustomer, metadata: { clerkUserId: victim } }),
      ),
    );
    expect(await delivered(relay)).toBe(true);
    await relay.kill();
    expect(storedRows(relay.folder).length).toBeGreaterThan(10);
    expect(traces()).toEqual([]);
  });
});
