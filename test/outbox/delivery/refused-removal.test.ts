// Removals that Customer.io has refused are asked again within what an alarm run may ask at all.

import { DatabaseSync } from 'node:sqlite';

import { expect, it } from 'vitest';

import { platformOver } from '../../../src/cli/node-sqlite.ts';
import { retryRemovals } from '../../../src/outbox/delivery/refused-removal.ts';
import { openStorage } from '../../../src/outbox/storage.ts';

/** Ten that are due, and a run that may make so many requests more. */
async function askedOf(left: number): Promise<number> {
  const storage = openStorage(platformOver(new DatabaseSync(':memory:')));
  for (let index = 0; index < 10; index += 1) {
    const removal = { person: `p${index}`, at: 0, nextAt: 0, attempt: 1 };
    storage.tables().removals.save({
      ...removal,
      message: {
        type: 'track',
        userId: `user_${index}`,
        event: 'Delete Person',
        messageId: `m${index}`,
        timestamp: '2026-11-24T12:00:00.000Z',
        properties: {},
      },
    });
  }
  let asked = 0;
  await retryRemovals({
    now: () => 1,
    random: () => 0,
    wait: async () => undefined,
    log: () => undefined,
    storage,
    send: async () => {
      asked += 1;
      return { kind: 'delivered' };
    },
    intervalMs: 0,
    fingerprint: '',
    areRequestsSpent: () => asked >= left,
    isMailed: () => false,
  });
  return asked;
}

it('asks for a removal no more where the run has made its requests', async () => {
  expect(await askedOf(40)).toBe(10);
  expect(await askedOf(3)).toBe(3);
  expect(await askedOf(0)).toBe(0);
});
