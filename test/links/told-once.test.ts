// What one person was told is not told to the next one of a customer when the webhook comes again, whose seen keys lie in another
// shard. Links and two outbox shards on the simulated clock.

import { describe, expect, it } from 'vitest';

import { openLinks } from '../../src/links/calls.ts';
import type { LinksCalls } from '../../src/links/calls.ts';
import { placeAndAccept } from '../../src/links/place-and-accept.ts';
import type { Shards } from '../../src/links/shards.ts';
import type { ErasedId } from '../../src/outbox/erased.ts';
import type { PersonEvent } from '../../src/person/news.ts';
import { shardName, shardOf } from '../../src/platform/shards.ts';
import { createObject } from '../simulation/durable-object.ts';
import { routed, stubOf } from '../simulation/routes.ts';
import { outboxIn } from '../simulation/set-up.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim, deletion } from '../support/person-events.ts';

const CUSTOMER = 'cus_1';
const DAY = 86_400_000;
const HERE = { there: async () => undefined, back: async () => undefined };
/** In shards of their own. */
const [A, B] = ['user_a', 'user_b'] as const;

function open() {
  const world = createWorld(3);
  const messages: { userId: string; event?: string }[] = [];
  const network = async (_: unknown, __: string, init: RequestInit) => {
    const json = JSON.parse(String(init.body));
    messages.push(...(json.batch ?? [json]));
    return new Response('{}');
  };
  const outboxes = new Map(
    ['s0', 's1'].map((name) => {
      const eraseLinks = (erased: readonly ErasedId[]) =>
        links.call(async (shard) => shard.eraseMany(erased));
      return [name, outboxIn(world, { name, network, vars: () => ({ SHARDS: 2 }), eraseLinks })];
    }),
  );
  const links = createObject<LinksCalls>(world, {
    name: 'links',
    network,
    open: (platform) => {
      const rest = { lookUp: null, findUser: null, waitingDays: 30, shardCount: 2 };
      return openLinks({ platform, shards, ...rest });
    },
  });
  const outboxNamed = (name: string) => stubOf(outboxes.get(name), HERE);
  const shards: Shards = routed({
    outbox: (key) => outboxNamed(shardName(shardOf(key, 2))),
    outboxNamed,
    linksOf: () => stubOf(links, HERE),
    everyLinks: () => [stubOf(links, HERE)],
  });
  const come = (event: PersonEvent) =>
    world.answered(
      placeAndAccept(shards, {
        customerId: CUSTOMER,
        userId: null,
        claims: [],
        event,
        now: world.now(),
      }),
    );
  const give = async (userId: string) => {
    await world.answered(shards.learn(claim(CUSTOMER, userId, { asOf: world.now() })));
    await world.pass(60_000);
  };
  const tracks = () =>
    messages.filter(({ event }) => event !== undefined).map(({ userId }) => userId);
  return { world, links, shards, come, give, tracks };
}

describe('a webhook that comes again after its customer has gone to somebody else', () => {
  it('is told to nobody', async () => {
    const { world, come, give, tracks } = open();
    await give(A);
    expect(await come(checkout(CUSTOMER, 'x'))).toBe('accepted');
    await give(B);
    expect(await come(checkout(CUSTOMER, 'x'))).toBe('duplicate');
    expect(await come(checkout(CUSTOMER, 'y'))).toBe('accepted');
    expect(await come(checkout(CUSTOMER, 'y'))).toBe('duplicate');
    await world.pass(60_000);
    expect(tracks()).toEqual([A, B]);
  });

  it('is told to nobody where who was told is deleted', async () => {
    const { world, shards, come, give, tracks } = open();
    await give(A);
    await come(checkout(CUSTOMER, 'x'));
    await world.pass(60_000);
    await world.answered(shards.accept(A, deletion()));
    await world.pass(60_000);
    await give(B);
    await come(checkout(CUSTOMER, 'x'));
    await world.pass(60_000);
    // The second is the removal.
    expect(tracks()).toEqual([A, A]);
  });

  it('asks as long as what was told is remembered, and nobody of a customer that stays', async () => {
    const { world, links, come, give } = open();
    await give(A);
    await come(checkout(CUSTOMER, 'x'));
    await give(B);
    const formers = () => links.db.prepare('SELECT customer, shard FROM formers').all();
    const home = shardName(shardOf(A, 2));
    expect(formers()).toEqual([{ customer: CUSTOMER, shard: home }]);
    const place = (customerId: string) =>
      links.call(async (shard) =>
        shard.place({ customerId, userId: B, claims: [], event: checkout(customerId, 'z') }),
      );
    expect(await place(CUSTOMER)).toMatchObject({ formers: [home] });
    expect(await place('cus_2')).not.toHaveProperty('formers');
    await world.pass(126 * DAY);
    await links.call(async (shard) => shard.sweep());
    expect(formers()).toEqual([]);
  });
});
