// The shards of a whole relay on the simulated clock: outboxes, links and sync, each called as RPC does. Every call takes its
// time there and back, so any two may cross. What misbehaves is up to whoever runs it.

import type { Config } from '../../src/config/config.ts';
import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import type { Shards } from '../../src/links/shards.ts';
import type { OutboxCalls } from '../../src/outbox/calls.ts';
import type { ErasedId, ParkedPlace } from '../../src/outbox/erased.ts';
import { acceptByShard } from '../../src/outbox/people/by-shard.ts';
import type { Platform } from '../../src/platform/platform.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { openSync } from '../../src/sync/calls.ts';
import type { SyncCalls } from '../../src/sync/calls.ts';
import { askingMany } from '../../src/sync/many.ts';
import { askingPeople } from '../../src/sync/people/ask-people.ts';
import { refresh } from '../../src/sync/people/refresh.ts';
import { eraseInEach } from '../support/erase-in-each.ts';
import { createObject } from './durable-object.ts';
import type { Instance, SimulatedObject } from './durable-object.ts';
import { routed, stubOf } from './routes.ts';
import type { Stub } from './routes.ts';
import { configuredWith, outboxIn } from './set-up.ts';
import type { OutboxOptions } from './set-up.ts';
import type { World } from './world.ts';

type RelayOptions = Pick<OutboxOptions, 'network' | 'vars'> & {
  readonly shardCount: number;
  /** How long one call takes one way. */
  readonly latencyMs: () => number;
  readonly lookUp: NonNullable<Parameters<typeof openLinks>[0]['lookUp']>;
  /** Sees each placement in the links, before its answer goes out. */
  readonly onPlace: (object: SimulatedObject<Instance>, asked: unknown, answer: unknown) => void;
};

export function openRelay(world: World, options: RelayOptions) {
  const { shardCount, network, vars } = options;
  const names = Array.from({ length: shardCount }, (_, index) => shardName(index));

  const outboxes: ReadonlyMap<string, SimulatedObject<OutboxCalls>> = new Map(
    names.map((name) => [
      name,
      outboxIn(world, {
        name: `outbox-${name}`,
        network,
        vars,
        eraseLinks,
        forgetParked,
        acceptMany: (arrivals) => acceptByShard(outboxStubs, arrivals),
      }),
    ]),
  );
  const links: ReadonlyMap<string, SimulatedObject<LinksCalls>> = new Map(
    names.map((name) => [
      name,
      createObject<LinksCalls>(world, { name: `links-${name}`, network, open: openShard }),
    ]),
  );

  function layout(): Config {
    const configured = configuredWith(vars());
    if (!configured.ok) throw new Error(configured.problems.join());
    return configured.config;
  }

  function stub<Code extends Instance>(object: SimulatedObject<Code> | undefined): Stub<Code> {
    const way = () => world.wait(options.latencyMs());
    return stubOf(object, {
      there: way,
      back: way,
      watch: (method, asked, answer) => {
        if (method === 'place' && object !== undefined) options.onPlace(object, asked, answer);
      },
    });
  }

  const homeOf = (key: string) => shardName(shardOf(key, shardCount));
  const outboxStubs = {
    layout,
    outbox: async <Answer>(
      name: string,
      call: (shard: Stub<OutboxCalls>) => Promise<Answer>,
    ): Promise<Answer> => call(stub(outboxes.get(name))),
  };
  const shards: Shards = routed({
    outbox: (key) => stub(outboxes.get(homeOf(key))),
    outboxNamed: (name) => stub(outboxes.get(name)),
    linksOf: (key) => stub(links.get(homeOf(key))),
    everyLinks: () => names.map((name) => stub(links.get(name))),
  });

  function eraseLinks(erased: readonly ErasedId[]) {
    return eraseInEach(
      erased,
      names.map((name) => stub(links.get(name))),
    );
  }

  async function forgetParked(ids: readonly string[], place: ParkedPlace): Promise<number | null> {
    return stub(outboxes.get(shardName(place.shard))).forgetParked(ids, place.after);
  }

  function openShard(platform: Platform): LinksCalls {
    const wait = async <Value>(call: Promise<Value>): Promise<Value> => {
      const value = await call;
      // What a dead shard was told does not bring it back.
      await platform.wait(0);
      return value;
    };
    const patient = Object.fromEntries(
      Object.entries(shards).map(([name, ask]) => [
        name,
        (...args: unknown[]) => wait((ask as (...all: unknown[]) => Promise<unknown>)(...args)),
      ]),
    ) as Shards;
    return openLinks({
      platform,
      shards: patient,
      lookUp: (key) => wait(options.lookUp(key)),
      findUser: null,
      waitingDays: 30,
      shardCount,
      areOrganizationsOn: true,
    });
  }

  const sync = createObject<SyncCalls>(world, {
    name: 'sync',
    network,
    open: (platform) =>
      openSync({
        platform,
        configured: configuredWith(vars()),
        providers: [],
        kinds: [refresh],
        shards: {
          ...shards,
          people: askingPeople(outboxStubs),
          ...askingMany({
            ...outboxStubs,
            links: async (name, call) => call(stub(links.get(name))),
          }),
        },
      }),
  });

  return { outboxes, links, sync, shards, config: layout };
}
