// A world that was played by webhooks from the start, and the same world of which a random part was missed and then pulled,
// through deaths of any shard between any two statements and beside webhooks that come late: they end in the same people, and
// what was told in the second was told in the first, once.

import { describe, expect, it } from 'vitest';

import type { Person } from '../../src/person/person.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { CREATED, DAY } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import type { ApiObject } from '../emulator/population.ts';
import { createRandom } from '../simulation/random.ts';
import type { Random } from '../simulation/random.ts';
import { createWorld } from '../simulation/world.ts';
import type { World } from '../simulation/world.ts';
import { walk } from '../support/stripe-walk.ts';
import { openRelayWorld } from './relay-world.ts';

const PEOPLE = 5;
const SEEDS = 12;

type Webhook = { readonly provider: string; readonly id: string; readonly json: ApiObject };
type History = {
  readonly webhooks: readonly Webhook[];
  readonly users: readonly ApiObject[];
  readonly subscriptions: readonly ApiObject[];
  readonly invoices: readonly ApiObject[];
  readonly events: readonly ApiObject[];
};

/** What Clerk and Stripe have seen happen, and hold in the end. */
function historyOf(random: Random): History {
  const users: ApiObject[] = [];
  const events: (StripeEventJson & { data: { object: ApiObject }; created: number })[] = [];
  const webhooks: Webhook[] = [];
  for (let person = 0; person < PEOPLE; person += 1) {
    const at = (CREATED + person * DAY) * 1000;
    const email = {
      id: 'idn_1',
      email_address: `p${person}@example.test`,
      verification: { status: 'verified' },
    };
    const customer = `cus_e${person}`;
    const signedUp = {
      ...clerkUser({ id: `user_e${person}`, created_at: at, updated_at: at }),
      email_addresses: [email],
    };
    const linked = {
      ...signedUp,
      updated_at: at + 60_000,
      first_name: `Name${person}`,
      private_metadata: { stripeCustomerId: customer },
    };
    users.push(linked);
    webhooks.push({
      provider: 'clerk',
      id: `msg_${person}_1`,
      json: clerkEvent('user.created', signedUp, at),
    });
    webhooks.push({
      provider: 'clerk',
      id: `msg_${person}_2`,
      json: clerkEvent('user.updated', linked, at + 60_000),
    });
    const choices = Array.from({ length: random.between(1, 9) }, () => random.between(0, 100));
    for (const event of walk(choices, `sub_e${person}`).events) {
      const text = JSON.stringify(event).replaceAll('"cus_1"', `"${customer}"`);
      events.push(JSON.parse(text));
    }
  }
  events.sort((a, b) => a.created - b.created);
  webhooks.push(...events.map((json) => ({ provider: 'stripe', id: json.id, json })));
  const objects = (type: string) => {
    const found = events
      .filter((event) => event.type.startsWith(type))
      .map(({ data }) => data.object);
    return [...new Map(found.map((object) => [String(object['id']), object])).values()];
  };
  return {
    users,
    webhooks,
    events,
    subscriptions: objects('customer.subscription.').map((one) => ({
      ...one,
      customer: { id: one['customer'], object: 'customer', metadata: {}, invoice_settings: {} },
    })),
    invoices: objects('invoice.paid'),
  };
}

/** Both APIs over what happened; now and then slow, limited or out of order. */
function apiOf(world: World, history: History, hostility: { chance: number }) {
  return async (_: unknown, address: string): Promise<Response> => {
    const { random } = world;
    await world.wait(random.between(1, 400));
    if (random.chance(hostility.chance)) {
      const status = random.pick([429, 500, 503]);
      return Response.json({}, { status, headers: status === 429 ? { 'retry-after': '2' } : {} });
    }
    const { pathname, searchParams: query } = new URL(address);
    if (pathname === '/v1/instance') return Response.json({ id: 'ins_1' });
    if (pathname === '/v1/users/count') return Response.json({ total_count: history.users.length });
    if (pathname === '/v1/users') return Response.json(usersIn(history, query));
    if (pathname.startsWith('/v1/billing/')) return Response.json({ data: [], total_count: 0 });
    const lists = new Map([
      ['/v1/subscriptions', history.subscriptions],
      ['/v1/events', history.events],
      ['/v1/invoices', history.invoices],
    ]);
    const all = lists.get(pathname) ?? [];
    return Response.json(stripePage(all, query));
  };
}

function usersIn({ users }: History, query: URLSearchParams): readonly ApiObject[] {
  const asked = query.getAll('user_id[]');
  if (asked.length > 0) return users.filter(({ id }) => asked.includes(String(id)));
  const isFirst = query.get('offset') === '0';
  if (query.get('order_by') === '-updated_at') return isFirst ? users.toReversed() : [];
  const after = users.findIndex(({ id }) => id === query.get('starting_after'));
  return users.slice(after + 1);
}

function stripePage(all: readonly ApiObject[], query: URLSearchParams) {
  const [from, to] = [Number(query.get('created[gte]')), Number(query.get('created[lt]'))];
  const within = all
    .filter(({ created }) => Number(created) >= from && Number(created) < to)
    .toSorted((a, b) => Number(b['created']) - Number(a['created']));
  const after = within.findIndex(({ id }) => id === query.get('starting_after'));
  const data = within.slice(after + 1, after + 101);
  return { data, has_more: after + 1 + data.length < within.length };
}

/** Begun, and not waited for. */
function deliver(work: () => Promise<void>): Promise<void> {
  return work();
}

async function played(history: History, seed: number) {
  const world = createWorld(seed);
  const relay = openRelayWorld(world, apiOf(world, history, { chance: 0 }));
  for (const { provider, json, id } of history.webhooks) {
    let isTaken = false;
    void deliver(async () => {
      await relay.webhook(provider, json, id);
      isTaken = true;
    });
    await relay.until(() => isTaken);
  }
  await relay.until(() => relay.waiting() === 0);
  return relay;
}

/** Two of five webhooks never come; of the others half come while everything is pulled. */
async function missedAndPulled(history: History, seed: number) {
  const world = createWorld(seed);
  const { random } = world;
  const hostility = { chance: 0.1 };
  const relay = openRelayWorld(world, apiOf(world, history, hostility));
  let open = 0;
  for (const { provider, json, id } of history.webhooks) {
    if (random.chance(0.4)) continue;
    open += 1;
    const lateMs = random.pick([0, random.between(0, 60_000)]);
    world.after(lateMs, () => {
      void deliver(async () => {
        await relay.webhook(provider, json, id);
        open -= 1;
      });
    });
  }
  const deaths = { left: 12 };
  const kill = (): void => {
    if (deaths.left === 0) return;
    deaths.left -= 1;
    random.pick(relay.all).dieIn(random.between(0, 30));
    world.after(random.between(100, 8000), kill);
  };
  world.after(random.between(0, 2000), kill);
  await relay.runs({ kind: 'backfill' });
  deaths.left = 0;
  await relay.until(() => open === 0);
  await relay.runs({ kind: 'reconcile', since: 1 });
  expect(await relay.job(), `seed ${seed}`).toMatchObject({ state: 'done' });
  await relay.until(() => relay.waiting() === 0);
  return relay;
}

describe('a world of which a part was missed and pulled', () => {
  it(`is the world that was played by webhooks, for ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const history = historyOf(createRandom(seed));
      const whole = await played(history, seed);
      const pulled = await missedAndPulled(history, seed);
      expect(pulled.traits(), `seed ${seed}`).toEqual(whole.traits());
      const [told, toldBefore] = [pulled.told(), whole.told()];
      expect(new Set(told).size, `seed ${seed}: once each`).toBe(told.length);
      const falsely = told.filter((each) => !toldBefore.includes(each));
      expect(falsely, `seed ${seed}: told falsely`).toEqual([]);
      // Sign-ups of the time before are nobody's news; everything else is.
      const never = toldBefore.filter(
        (each) => !told.includes(each) && !each.endsWith('user_created'),
      );
      expect(never, `seed ${seed}: never told`).toEqual([]);
    }
  });

  it('has everybody as they are by a backfill alone, and tells nothing', async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const history = historyOf(createRandom(seed));
      const whole = await played(history, seed);
      const world = createWorld(seed);
      const relay = openRelayWorld(world, apiOf(world, history, { chance: 0.1 }));
      await relay.runs({ kind: 'backfill' });
      expect(relay.told(), `seed ${seed}`).toEqual([]);
      const past = lapsedIn(whole.people());
      expect(withoutPast(relay.traits(), past), `seed ${seed}`).toEqual(
        withoutPast(whole.traits(), past),
      );
    }
  });
});

/** No list knows which plan somebody had before a change, nor that what is free now was bought once. */
function withoutPast(
  people: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  lapsed: readonly string[],
) {
  return Object.entries(people)
    .filter(([id]) => !lapsed.includes(id))
    .map(([id, traits]) => [id, { ...traits, previousPlan: null }]);
}

function lapsedIn(people: ReadonlyMap<string, Person>): string[] {
  return [...people.values()]
    .filter(({ marks }) => Object.values(marks).some(({ lapsedAt }) => lapsedAt !== undefined))
    .map(({ userId }) => userId);
}
