// What a webhook costs in rows written, as the platform's own SQLite counts them: indexes and triggers included, alarms not.
// The figures under *Storage* in src/README.md are these.

import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { checkout, claim, newCustomer, newUser } from '../support/person-events.ts';
import { stillClock } from './still-clock.ts';

stillClock();

let links: ReturnType<typeof env.LINKS.getByName>;

/** Rows written by one call. */
async function rowsOf(call: () => Promise<unknown>): Promise<number> {
  const before = (await links.health()).rowsWritten;
  await call();
  return (await links.health()).rowsWritten - before;
}

function arrive(customerId: string, session: string, claims: ReturnType<typeof claim>[] = []) {
  return links.place({ customerId, userId: null, claims, event: checkout(customerId, session) });
}

beforeEach(() => {
  vi.restoreAllMocks();
  links = env.LINKS.getByName(`rows-${newUser()}`);
});

describe('rows that a links shard writes', () => {
  it('none for an event of a customer whose link is known', async () => {
    const customer = newCustomer();
    await links.learn([claim(customer, newUser())]);
    expect(await rowsOf(() => arrive(customer, 'a'))).toBe(0);
  });

  it('for a link that is new', async () => {
    const customer = newCustomer();
    expect(await rowsOf(() => links.learn([claim(customer, newUser())]))).toBe(3);
  });

  it('for the first event that waits for a customer, and for another', async () => {
    const customer = newCustomer();
    expect(await rowsOf(() => arrive(customer, 'a'))).toBe(6);
    expect(await rowsOf(() => arrive(customer, 'b'))).toBe(2);
  });

  it('one for a charge that is named with its customer', async () => {
    expect(await rowsOf(() => links.learnCharge('ch_1', newCustomer()))).toBe(1);
  });
});
