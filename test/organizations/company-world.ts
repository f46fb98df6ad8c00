// A relay in memory with everything that organizations touch: three shards of each class, the door in front of them, and
// Customer.io behind them, which takes everything. Shards may die between any two statements.

import { readConfig } from '../../src/config/config.ts';
import { deliver } from '../../src/door/deliver.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import type { FindUser } from '../../src/links/ask.ts';
import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import type { ErasedId } from '../../src/outbox/erased.ts';
import type { Look } from '../../src/outbox/looks/looks.ts';
import { acceptByShard } from '../../src/outbox/people/by-shard.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import type { Json } from '../../src/samples/payload.ts';
import { readCalls } from '../emulator/strict.ts';
import type { Call } from '../emulator/strict.ts';
import { createObject } from '../simulation/durable-object.ts';
import type { Instance, SimulatedObject } from '../simulation/durable-object.ts';
import { routed, stubOf } from '../simulation/routes.ts';
import { createWorld } from '../simulation/world.ts';
import { eraseInEach } from '../support/erase-in-each.ts';

export const SHARDS = 3;
const NAMES = Array.from({ length: SHARDS }, (_, index) => shardName(index));

export type CompanyWorld = ReturnType<typeof openCompanyWorld>;

/** How Customer.io is, request by request, and Clerk. */
type Receiver = {
  /** Milliseconds until a request has landed. */
  readonly slowMs?: (calls: readonly Call[]) => number;
  /** It refuses it. */
  readonly isRefused?: (calls: readonly Call[]) => boolean;
  /** It is down for it. */
  readonly isDown?: (calls: readonly Call[]) => boolean;
  /** Whom Clerk knows. */
  readonly findUser?: FindUser | null;
  /** What Clerk's API answers, where there is a key. */
  readonly clerk?: (url: URL) => Response;
};

function configuredWith(vars: Readonly<Record<string, unknown>>) {
  const configured = readConfig({
    SHARDS,
    LINGER_MS: 50,
    CUSTOMERIO_TRACK_TOKEN: 'key',
    CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
    ORGANIZATIONS: 'on',
    ...vars,
  });
  if (!configured.ok) throw new Error(configured.problems.join());
  return configured;
}

const notFound = () => new Response('', { status: 404 });

export function openCompanyWorld(
  vars: Readonly<Record<string, unknown>> = {},
  seed = 1,
  {
    slowMs = () => 0,
    isRefused = () => false,
    isDown = () => false,
    findUser = null,
    clerk = notFound,
  }: Receiver = {},
) {
  const world = createWorld(seed);
  const { random } = world;
  const landed: Call[] = [];
  const mails: Call[] = [];
  let configured = configuredWith(vars);

  async function network(_: unknown, url: string, init: RequestInit): Promise<Response> {
    await world.wait(random.between(1, 20));
    if (new URL(url).host === 'clerk.test') return clerk(new URL(url));
    if (url.endsWith('/send/email')) {
      mails.push(JSON.parse(String(init.body)));
      return new Response('{"delivery_id":"d","queued_at":1}');
    }
    const read = readCalls(new URL(url).pathname.slice(4), String(init.body));
    if ('problems' in read) throw new Error(read.problems.join());
    if (isDown(read.calls)) return new Response('{}', { status: 503 });
    if (isRefused(read.calls)) return new Response('{}', { status: 400 });
    await world.wait(slowMs(read.calls));
    landed.push(...read.calls);
    return new Response('{}');
  }

  const outboxes: ReadonlyMap<string, SimulatedObject<OutboxCalls>> = new Map(
    NAMES.map((name) => [
      name,
      createObject<OutboxCalls>(world, {
        name,
        network,
        open: (platform) =>
          openOutbox({
            platform,
            configured,
            eraseLinks,
            forgetParked: async () => null,
            acceptMany: (arrivals) =>
              acceptByShard(
                {
                  layout: () => configured.config,
                  outbox: async (to, call) => call(stub(outboxes.get(to))),
                },
                arrivals,
              ),
          }),
      }),
    ]),
  );
  const links = new Map(
    NAMES.map((name) => [
      name,
      createObject<LinksCalls>(world, {
        name: `links-${name}`,
        network,
        open: (platform) =>
          openLinks({
            platform,
            shards,
            lookUp: null,
            findUser,
            waitingDays: 30,
            areOrganizationsOn: configured.config.messages.organizations !== undefined,
            shardCount: SHARDS,
          }),
      }),
    ]),
  );

  function stub<Code extends Instance>(object: SimulatedObject<Code> | undefined) {
    const way = () => world.wait(random.between(0, random.pick([0, 5, 50])));
    return stubOf<Code>(object, { there: way, back: way });
  }

  function eraseLinks(erased: readonly ErasedId[]) {
    return eraseInEach(
      erased,
      NAMES.map((name) => stub(links.get(name))),
    );
  }

  const outboxOf = (key: string) => outboxes.get(shardName(shardOf(key, SHARDS)));
  const shards = routed({
    outbox: (key) => stub(outboxOf(key)),
    outboxNamed: (name) => stub(outboxes.get(name)),
    linksOf: (key) => stub(links.get(shardName(shardOf(key, SHARDS)))),
    everyLinks: () => NAMES.map((name) => stub(links.get(name))),
  });

  function rows(table: string) {
    return [...outboxes.values()].flatMap(({ db }) => db.prepare(`SELECT * FROM ${table}`).all());
  }

  /** Like a provider: again until it is answered. */
  async function send(name: 'clerk' | 'stripe', json: Json, id: string): Promise<string> {
    const provider = PROVIDERS.find((each) => each.name === name);
    if (provider === undefined) throw new Error(`no provider ${name}`);
    const receivedAt = world.now();
    const reading = provider.read({ json, deliveryId: id, receivedAt }, configured.config.read);
    if (reading.kind === 'unreadable') throw new Error(reading.problems.join());
    for (;;) {
      try {
        return await deliver(shards, { provider: name, body: '', now: receivedAt, reading });
      } catch {
        await world.wait(random.between(100, 10_000));
      }
    }
  }

  /** Sent, and all that follows from it has landed. */
  async function told(name: 'clerk' | 'stripe', json: Json, id: string): Promise<string> {
    const outcome = await world.answered(send(name, json, id));
    await settled();
    return outcome;
  }

  /** Until nothing is left to do. Alarms that died are found by the cron's visits. */
  async function settled(): Promise<void> {
    for (let visits = 0; visits < 500; visits += 1) {
      await world.pass(2000);
      if (await world.answered(isSettled()).catch(() => false)) return;
      for (const each of outboxes.values()) {
        void each.call(async (code) => code.sweep()).catch(() => undefined);
      }
      for (const each of links.values()) {
        void each.call(async (code) => code.sweep()).catch(() => undefined);
      }
    }
    throw new Error('it never settles');
  }

  async function isSettled(): Promise<boolean> {
    const pending = await Promise.all(
      [...outboxes.values()].map((each) => each.call(async (code) => code.health().pending)),
    );
    const left = [`notices WHERE user <> ''`, 'fan_outs', 'erasures'].flatMap(rows);
    return left.length === 0 && pending.every((count) => count === 0);
  }

  /** Deployed with other variables: every shard begins anew. */
  async function deploy(next: Readonly<Record<string, unknown>>): Promise<void> {
    configured = configuredWith(next);
    for (const each of [...outboxes.values(), ...links.values()]) each.die();
    await settled();
  }

  /** What has landed since it was asked last. */
  function news(): Call[] {
    return landed.splice(0);
  }

  return {
    world,
    send,
    told,
    settled,
    deploy,
    news,
    landed,
    mails,
    outboxes: [...outboxes.values()],
    links: [...links.values()],
    look: (id: string, asked: Look) => world.answered(stub(outboxOf(id)).look(asked)),
    view: (id: string) => world.answered(stub(outboxOf(id)).view(id)),
    rows,
    /** Every row of every outbox shard, but for a table of the test's own. */
    everything: (but = '') =>
      [...outboxes.values()].flatMap(({ db }) =>
        db
          .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
          .all()
          .filter(({ name }) => name !== but)
          .flatMap(({ name }) => db.prepare(`SELECT * FROM ${String(name)}`).all()),
      ),
    linkByHand: (customer: string, id: string) =>
      world.answered(
        stub(links.get(shardName(shardOf(customer, SHARDS)))).linkByHand(customer, id),
      ),
  };
}
