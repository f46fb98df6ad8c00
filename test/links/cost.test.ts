// What placing looks at does not grow with what waits of other customers: SQLite's own plan of every statement it makes
// names a key, and no whole table.

import { describe, expect, it } from 'vitest';

import type { LinksCalls } from '../../src/links/calls.ts';
import type { SimulatedObject } from '../simulation/durable-object.ts';
import { notingPlans } from '../simulation/plans.ts';
import { createWorld } from '../simulation/world.ts';
import { checkout, claim } from '../support/person-events.ts';
import { simulatedShard } from './simulated-shard.ts';

const CUSTOMER = 'cus_1';

function open() {
  const plans: string[] = [];
  const object: SimulatedObject<LinksCalls> = simulatedShard(createWorld(1), {}, (platform) =>
    notingPlans(platform, plans, () => object.db),
  );
  return { object, plans };
}

const known = claim(CUSTOMER, 'user_1', { asOf: 1 });
const event = checkout(CUSTOMER, 'a');
const other = { customerId: 'cus_2', userId: null, claims: [], event: checkout('cus_2', 'a') };

/** But of what the statement itself was given. */
function scansIn(plans: readonly string[]): string[] {
  return plans.filter((step) => /^SCAN (?!given|CONSTANT ROW)/.test(step));
}

describe('a links shard', () => {
  const placed = { customerId: CUSTOMER, userId: null, claims: [known], event };
  it.each([
    ['places an event of a customer whose link is known', 'person', placed],
    ['places an event that names its person', 'person', { ...placed, userId: 'user_1' }],
    ['keeps an event that begins to wait', 'waiting', other],
  ])('%s, and looks through no table', async (_, kind, request) => {
    const { object, plans } = open();
    await object.call(async (shard) => shard.learn([known]));
    plans.length = 0;
    const placement = await object.call(async (shard) => shard.place(request));
    expect(placement.kind).toBe(kind);
    expect(plans).not.toEqual([]);
    expect(scansIn(plans)).toEqual([]);
  });

  it('learns what is known and keeps an event that names only its charge, and looks through no table', async () => {
    const { object, plans } = open();
    await object.call(async (shard) => shard.learn([known]));
    plans.length = 0;
    await object.call(async (shard) => {
      shard.learn([known]);
      shard.placeCharge('ch_1', checkout('ch_1', 'a'));
    });
    expect(scansIn(plans)).toEqual([]);
  });

  it('forgets a deleted person, and looks through no table', async () => {
    const { object, plans } = open();
    await object.call(async (shard) => {
      shard.learn([known]);
      shard.place({ ...other, userId: 'user_1' });
    });
    plans.length = 0;
    const customers = await object.call(async (shard) => shard.erase('user_1', 1));
    expect(customers).toEqual([CUSTOMER]);
    // Of what moves the first is looked for, by its number.
    expect(scansIn(plans).filter((step) => !/^SCAN (moves|leavings)/.test(step))).toEqual([]);
    expect(plans.filter((step) => step.includes('_by_user')).length).toBeGreaterThan(4);
  });

  it('learns a link that is new for whom something waits, and looks through no queue', async () => {
    const { object, plans } = open();
    await object.call(async (shard) => shard.place({ ...other, customerId: CUSTOMER }));
    plans.length = 0;
    await object.call(async (shard) => shard.learn([known]));
    const turns = plans.filter((step) => step.startsWith('SEARCH queues'));
    expect(turns).toContain('SEARCH queues USING COVERING INDEX queues_by_turn (known=?)');
    expect(turns.filter((step) => step.includes('next_at') && !step.includes('known=?'))).toEqual(
      [],
    );
    expect(scansIn(plans).filter((step) => !/^SCAN (moves|leavings)/.test(step))).toEqual([]);
  });
});
