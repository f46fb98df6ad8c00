// Kept counts in the real Durable Object: its SQLite has the triggers, and a row that is replaced is counted once.

import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';

import { claim, newCustomer, newUser } from '../support/person-events.ts';

describe('a links shard of the platform', () => {
  it('counts each link once, however often it is saved, and none of a deleted person', async () => {
    const links = env.LINKS.getByName(`counts-${newUser()}`);
    const [ada, bob] = [newUser(), newUser()];
    const customers = [newCustomer(), newCustomer()];
    for (const customerId of customers) await links.learn([claim(customerId, ada)]);
    for (const customerId of customers) {
      await links.learn([claim(customerId, bob, { asOf: Date.now() + 10_000 })]);
    }
    expect(await links.health()).toMatchObject({ links: 2 });
    await links.erase(bob, Date.now());
    expect(await links.health()).toMatchObject({ links: 0 });
  });
});
