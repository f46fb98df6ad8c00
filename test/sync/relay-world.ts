// A whole relay on the simulated clock: outboxes, links and the sync shard, with webhooks by the project's own door, and the
// providers' APIs answered by whoever runs it. Every call takes its time there and back, so any two may cross.

import { readConfig } from '../../src/config/config.ts';
import { deliver } from '../../src/door/deliver.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import { openOutbox } from '../../src/outbox/calls.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import type { ErasedId } from '../../src/outbox/erased.ts';
import { acceptByShard } from '../../src/outbox/people/by-shard.ts';
import { memberTraits } from '../../src/person/membership.ts';
import type { Message } from '../../src/person/message.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { openSync } from '../../src/sync/calls.ts';
import type { SyncCalls } from '../../src/sync/calls.ts';
import type { Job } from '../../src/sync/job.ts';
import { KINDS } from '../../src/sync/kinds.ts';
import { askingMany } from '../../src/sync/many.ts';
import { askingPeople } from '../../src/sync/people/ask-people.ts';
import { createObject } from '../simulation/durable-object.ts';
import type { Instance, Network, SimulatedObject } from '../simulation/durable-object.ts';
import { routed, stubOf } from '../simulation/routes.ts';
import type { Stub } from '../simulation/routes.ts';
import type { World } from '../simulation/world.ts';
import { eraseInEach } from '../support/erase-in-each.ts';

const SHARDS = 2;

/** What a run of the sync shard's alarm has asked: providers, and other shards. */
type Asked = { fetches: number; calls: number };

export type RelayWorld = ReturnType<typeof openRelayWorld>;

export function openRelayWorld(
  world: World,
  api: Network,
  more: Readonly<Record<string, unknown>> = {},
) {
  const { random } = world;
  const vars = {
    SHARDS,
    CLERK_SECRET_KEY: 'sk_clerk',
    CLERK_API_URL: 'https://clerk.test',
    STRIPE_SECRET_KEY: 'sk_stripe',
    STRIPE_API_URL: 'https://stripe.test',
    SYNC_ROWS_PER_DAY: 0,
    ...more,
  };
  const configured = readConfig(vars);
  if (!configured.ok) throw new Error(configured.problems.join());
  const { config } = configured;
  const NAMES = Array.from({ length: config.shards }, (_, index) => shardName(index));

  const outboxes: ReadonlyMap<string, SimulatedObject<OutboxCalls>> = objects<OutboxCalls>(
    'outbox',
    (platform) =>
      openOutbox({
        platform,
        configured,
        eraseLinks,
        forgetParked: async () => null,
        acceptMany: (arrivals) =>
          acceptByShard(
            { layout: () => config, outbox: async (to, call) => call(stub(outboxes.get(to))) },
            arrivals,
          ),
      }),
  );
  const links = objects<LinksCalls>('links', (platform) =>
    openLinks({
      platform,
      shards,
      lookUp: null,
      findUser: null,
      waitingDays: 3650,
      shardCount: config.shards,
    }),
  );

  function objects<Code extends Instance>(
    kind: string,
    open: Parameters<typeof createObject<Code>>[1]['open'],
  ) {
    return new Map(
      NAMES.map((name) => [
        name,
        createObject<Code>(world, { name: `${kind}-${name}`, network: api, open }),
      ]),
    );
  }

  function stub<Code extends Instance>(object: SimulatedObject<Code> | undefined): Stub<Code> {
    return stubOf(object, {
      there: () => world.wait(random.between(0, random.pick([0, 5, 50, 1000]))),
      back: () => world.wait(random.between(0, random.pick([0, 5, 50]))),
    });
  }

  const outbox = (key: string) => stub(outboxes.get(shardName(shardOf(key, config.shards))));
  const linksOf = (key: string) => stub(links.get(shardName(shardOf(key, config.shards))));

  function eraseLinks(erased: readonly ErasedId[]) {
    return eraseInEach(
      erased,
      NAMES.map((name) => stub(links.get(name))),
    );
  }

  const shards = routed({
    outbox,
    outboxNamed: (name) => stub(outboxes.get(name)),
    linksOf,
    everyLinks: () => NAMES.map((name) => stub(links.get(name))),
  });

  const alarms: Asked[] = [];
  const asks = (of: keyof Asked) => {
    const current = alarms.at(-1);
    if (current !== undefined) current[of] += 1;
  };
  /** As the sync shard calls them. */
  const counted = <Called extends object>(called: Called): Called =>
    new Proxy(called, {
      get: (target, name, receiver) => {
        asks('calls');
        return Reflect.get(target, name, receiver);
      },
    });

  const sync = createObject<SyncCalls>(world, {
    name: 'sync',
    network: (from, url, init) => {
      asks('fetches');
      return api(from, url, init);
    },
    open: (platform) => {
      const calls = openSync({
        platform,
        configured,
        providers: PROVIDERS,
        kinds: KINDS,
        shards: {
          ...shards,
          parkEvent: async (event) => counted(shards).parkEvent(event),
          leave: async (leaving) => counted(shards).leave(leaving),
          placeCharge: async (id, event) => counted(shards).placeCharge(id, event),
          people: askingPeople({
            layout: () => config,
            outbox: async (name, call) => call(counted(stub(outboxes.get(name)))),
          }),
          ...askingMany({
            layout: () => config,
            outbox: async (name, call) => call(counted(stub(outboxes.get(name)))),
            links: async (name, call) => call(counted(stub(links.get(name)))),
          }),
        },
      });
      const alarm = async (): Promise<void> => {
        alarms.push({ fetches: 0, calls: 0 });
        await calls.alarm();
      };
      return { ...calls, alarm };
    },
  });

  /** Like a provider: again until it is answered. */
  async function webhook(name: string, json: unknown, id: string): Promise<void> {
    const provider = PROVIDERS.find((each) => each.name === name);
    if (provider === undefined) throw new Error(`no provider ${name}`);
    const receivedAt = world.now();
    const reading = provider.read({ json, deliveryId: id, receivedAt }, config.read);
    for (;;) {
      try {
        await deliver(shards, { provider: name, body: '', now: receivedAt, reading });
        return;
      } catch {
        await world.wait(random.between(1000, 60_000));
      }
    }
  }

  /** Runs until `isDone`; alarms that died are found by the cron's visits. */
  async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
    let visitAt = 0;
    for (let steps = 0; steps < 2_000_000; steps += 1) {
      if (await isDone()) return;
      if (world.now() >= visitAt || !(await world.step())) {
        visitAt = world.now() + 300_000;
        world.after(300_000, () => undefined);
        for (const each of [...outboxes.values(), ...links.values()]) {
          each.call(async (code) => code.sweep()).catch(() => undefined);
        }
        sync.call(async (code) => code.visit({})).catch(() => undefined);
        await world.step();
      }
    }
    throw new Error('never done');
  }

  async function jobs(most: number) {
    return sync.call(async (code) => code.jobs(most)).catch(() => []);
  }

  async function job() {
    const [newest] = await jobs(1);
    return newest;
  }

  /** Begins it, whatever dies and whichever round of the cron is before it, and runs until it is over: how it was then. */
  async function runs(request: Parameters<SyncCalls['begin']>[0]): Promise<Job> {
    const before = new Set((await jobs(50)).map(({ id }) => id));
    const isOurs = ({ id, request: { byCron } }: Job) => byCron !== true && !before.has(id);
    const ours = async () => (await jobs(50)).find(isOurs);
    await until(async () => {
      if ((await ours()) !== undefined) return true;
      await sync.call(async (code) => code.begin(request)).catch(() => undefined);
      return (await ours()) !== undefined;
    });
    let ended: Job | undefined;
    await until(async () => {
      const now = await ours();
      ended = now?.state === 'done' || now?.state === 'failed' ? now : undefined;
      return ended !== undefined;
    });
    if (ended === undefined) throw new Error('never ended');
    return ended;
  }

  function people(): Map<string, Person> {
    const rows = [...outboxes.values()].flatMap(({ db }) =>
      db.prepare('SELECT person FROM people WHERE person IS NOT NULL').all(),
    );
    const all = rows.map(({ person }) => JSON.parse(String(person)) as Person);
    return new Map(all.map((person) => [person.userId, person]));
  }

  /** A record of the sync shard, as another release may have left it. */
  function remember(name: string, value: unknown): void {
    sync.db
      .prepare('INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)')
      .run(name, JSON.stringify(value));
  }

  /** Users whom Clerk did not return. */
  function missing(): number {
    return sync.db.prepare('SELECT user_id FROM missing').all().length;
  }

  const everyone = [...outboxes.values(), ...links.values()];

  /** All that the shards hold but the sync shard, by table. */
  function dump(): Record<string, unknown>[] {
    const all = everyone.flatMap(({ name, db }) =>
      tablesOf(db).map((table) => {
        const rows = db.prepare(`SELECT * FROM ${table}`).all();
        return { name, table, rows: rows.filter((row) => !isWalk(row)) };
      }),
    );
    return all.filter(({ table, rows }) => table !== 'migrations' && rows.length > 0);
  }

  /** What nobody could read, by the id it is parked under. */
  function parked(): string[] {
    const rows = everyone
      .filter(({ db }) => tablesOf(db).includes('parked'))
      .flatMap(({ db }) => db.prepare('SELECT content FROM parked WHERE person IS NULL').all());
    return rows.map(({ content }) => (JSON.parse(String(content)) as { id: string }).id);
  }

  /** Everything in every journal. */
  function messages(): Message[] {
    const tables = [...outboxes.values()].flatMap(({ db }) =>
      tablesOf(db)
        .filter((name) => name.startsWith('journal_'))
        .map((name) => db.prepare(`SELECT messages FROM ${name}`).all()),
    );
    return tables.flat().flatMap(({ messages: text }) => JSON.parse(String(text)) as Message[]);
  }

  function tracks(): Extract<Message, { type: 'track' }>[] {
    return messages().flatMap((message) => (message.type === 'track' ? [message] : []));
  }

  return {
    webhook,
    dump,
    parked,
    rowsWritten: () => [...everyone, sync].reduce((sum, shard) => sum + shard.rowsWritten(), 0),
    remember,
    missing,
    until,
    job,
    runs,
    /** As a job over our own people asks them. */
    userIdsOf: async (name: string, keys: readonly string[]) =>
      stub(outboxes.get(name)).userIdsOf(keys),
    sync,
    /** What each run of its alarm has asked. */
    asked: () => alarms,
    all: [...outboxes.values(), ...links.values(), sync],
    people,
    traits: () =>
      Object.fromEntries(
        [...people()]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([id, person]) => {
            // A profile of a person, as Customer.io would have it.
            const ofMember = person.memberships === undefined ? {} : memberTraits(person);
            return [id, { ...person.user?.traits, ...traitsOf(person, null), ...ofMember }];
          }),
      ),
    messages,
    tracks,
    /** Rows of a table of all outboxes. */
    rows: (of: string) =>
      [...outboxes.values()].flatMap(({ db }) => db.prepare(`SELECT * FROM ${of}`).all()),
    /** Every track in every journal: its messageId and its name. */
    told: () => tracks().map(({ messageId, event }) => `${messageId} ${event}`),
    waiting: () =>
      [...links.values()].reduce((sum, { db }) => {
        const [row] = db.prepare('SELECT count(*) AS n FROM waiting').all();
        return sum + Number(row?.['n'] ?? 0);
      }, 0),
  };
}

/** How far the cron's visit has looked for what is over. */
function isWalk({ name }: Readonly<Record<string, unknown>>): boolean {
  return typeof name === 'string' && name.startsWith('walk_');
}

function tablesOf(db: SimulatedObject<Instance>['db']): string[] {
  const rows = db.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
  return rows.map(({ name }) => String(name)).filter((name) => !name.startsWith('sqlite_'));
}
