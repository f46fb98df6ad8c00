// Many deletions at once: the other shards are asked for all of them together, and neither a deletion that fails nor a shard that
// does not answer keeps anything else waiting.

import { describe, expect, it } from 'vitest';

import type { ErasedId } from '../../../src/outbox/erased.ts';
import { outboxIn } from '../../simulation/set-up.ts';
import { createWorld } from '../../simulation/world.ts';
import { checkout, deletion } from '../../support/person-events.ts';

const MINUTE = 60_000;
const PEOPLE = 250;

type Sent = { readonly userId: string };

function open() {
  const world = createWorld(1);
  const state = { poison: '', isLinksSilent: false };
  const landed = new Set<string>();
  const links: (readonly ErasedId[])[] = [];
  const parked: (readonly string[])[] = [];
  const object = outboxIn(world, {
    name: 's0',
    vars: () => ({ SHARDS: 1, LINGER_MS: 100 }),
    network: async (_, __, init) => {
      const sent = JSON.parse(String(init.body)) as Sent & { batch?: Sent[] };
      for (const { userId } of sent.batch ?? [sent]) landed.add(userId);
      return new Response('{}');
    },
    eraseLinks: async (erased) => {
      links.push(erased);
      if (state.isLinksSilent) await new Promise(() => undefined);
      if (erased.some(({ userId }) => userId === state.poison)) throw new Error('poison');
      return erased.map(({ userId }) => [`cus_of_${userId}`]);
    },
    forgetParked: async (ids) => {
      parked.push(ids);
      return null;
    },
  });

  const accept = (userId: string, event: ReturnType<typeof checkout>) =>
    world.answered(object.call((code) => code.accept(userId, event)));
  const left = () =>
    object.db
      .prepare('SELECT user_id FROM erasures')
      .all()
      .map((row) => row['user_id']);

  /** So many people who have bought something, all of them deleted. */
  async function deleteMany(): Promise<void> {
    for (let index = 0; index < PEOPLE; index += 1) {
      await accept(`user_${index}`, checkout('cus_1', `cs_${index}`));
    }
    await world.pass(MINUTE);
    for (let index = 0; index < PEOPLE; index += 1) await accept(`user_${index}`, deletion());
  }

  return { world, state, object, landed, links, parked, accept, left, deleteMany };
}

describe('many deletions at once', () => {
  it('ask the other shards together, and leave nothing', async () => {
    const { world, object, links, parked, left, deleteMany } = open();
    await deleteMany();
    await world.pass(MINUTE);
    expect(left()).toEqual([]);
    expect(links.flat().map(({ userId }) => userId)).toHaveLength(PEOPLE);
    // Those of one linger, then by the hundred.
    expect(links.length).toBeLessThanOrEqual(6);
    expect(parked.length).toBeLessThanOrEqual(6);
    expect(parked.flat()).toContain('cus_of_user_7');
    const journal = object.db
      .prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_*'`)
      .all()
      .flatMap(({ name }) => object.db.prepare(`SELECT messages FROM ${String(name)}`).all());
    expect(JSON.stringify(journal)).not.toContain('cs_');
  });

  it('of which one fails keep no other waiting, and that one is tried until it is done', async () => {
    const { world, state, links, left, deleteMany } = open();
    // By their keys about half of the others come behind.
    state.poison = 'user_125';
    await deleteMany();
    await world.pass(MINUTE);
    expect(left()).toEqual([state.poison]);
    await world.pass(20 * MINUTE);
    const tries = links.filter((erased) => erased.some(({ userId }) => userId === state.poison));
    expect(tries.at(-1)).toHaveLength(1);
    expect(tries.length).toBeLessThan(30);
    state.poison = '';
    await world.pass(6 * MINUTE);
    expect(left()).toEqual([]);
  });

  it('go on where the entries of one cannot be read', async () => {
    const { world, object, accept, left } = open();
    for (const userId of ['user_1', 'user_2', 'user_3']) {
      await accept(userId, checkout('cus_1', userId));
    }
    await world.pass(MINUTE);
    const table = object.db
      .prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_*'`)
      .get()?.['name'];
    object.db.exec(`UPDATE ${String(table)} SET messages = '{' WHERE messages LIKE '%user_2%'`);
    for (const userId of ['user_1', 'user_2', 'user_3']) await accept(userId, deletion());
    await world.pass(MINUTE);
    expect(left()).toEqual(['user_2']);
  });

  it('delay no message while the links do not answer', async () => {
    const { world, state, landed, accept } = open();
    state.isLinksSilent = true;
    await accept('user_1', deletion());
    await world.pass(1000);
    await accept('user_2', checkout('cus_2', 'cs'));
    await world.pass(1000);
    expect(landed.has('user_2')).toBe(true);
  });
});
