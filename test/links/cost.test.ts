// What placing looks at does not grow with what waits of other customers: SQLite's own plan of every statement it makes
// names a key, and no whole table.

import { describe, expect, it } from 'vitest';

import { openLinks } from '../../src/links/calls.ts';
import { createObject } from '../simulation/durable-object.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';

const CUSTOMER = 'cus_1';

function open() {
  const plans: string[] = [];
  const unused = async (): Promise<never> => {
    throw new Error('not part of this test');
  };
  const object = createObject(createWorld(1), {
    name: 'links',
    network: unused,
    open: (platform) => {
      const exec: typeof platform.sql.exec = (query, ...bindings) => {
        if (/^\s*(SELECT|UPDATE|DELETE)/.test(query)) plans.push(...planOf(query, bindings));
        return platform.sql.exec(query, ...bindings);
      };
      return openLinks({
        platform: { ...platform, sql: { exec } },
        shards: {
          accept: unused,
          closeCustomer: unused,
          gainCustomer: unused,
          loseCustomer: unused,
          place: unused,
          erase: unused,
        },
        lookUp: unused,
        waitingDays: 30,
      });
    },
  });
  const planOf = (query: string, bindings: (string | number | null)[]) =>
    object.db
      .prepare(`EXPLAIN QUERY PLAN ${query}`)
      .all(...bindings)
      .map(({ detail }) => String(detail));
  return { object, plans };
}

const known = claim(CUSTOMER, 'user_1', { asOf: 1 });
const event = checkout(CUSTOMER, 'a');
const other = { customerId: 'cus_2', userId: null, claims: [], event: checkout('cus_2', 'a') };

describe('nothing looks at every queue', () => {
  const placed = { customerId: CUSTOMER, userId: null, claims: [known], event };
  it.each([
    ['to place an event of a customer whose link is known', 'person', placed],
    ['to place an event that names its person', 'person', { ...placed, userId: 'user_1' }],
    ['to keep an event that begins to wait', 'waiting', other],
  ])('%s', async (_, kind, request) => {
    const { object, plans } = open();
    await object.call(async (shard) => shard.learn([known]));
    plans.length = 0;
    const placement = await object.call(async (shard) => shard.place(request));
    expect(placement.kind).toBe(kind);
    expect(plans).not.toEqual([]);
    expect(plans.filter((step) => step.startsWith('SCAN'))).toEqual([]);
  });

  it('to learn what is known, or to keep an event that names only its charge', async () => {
    const { object, plans } = open();
    await object.call(async (shard) => shard.learn([known]));
    plans.length = 0;
    await object.call(async (shard) => {
      shard.learn([known]);
      shard.placeCharge('ch_1', checkout('ch_1', 'a'));
    });
    expect(plans.filter((step) => step.startsWith('SCAN'))).toEqual([]);
  });

  it('but a link that is new does, once: what waits for it is released', async () => {
    const { object, plans } = open();
    await object.call(async (shard) => shard.learn([known]));
    expect(plans.filter((step) => step.startsWith('SCAN queues'))).not.toEqual([]);
  });
});
