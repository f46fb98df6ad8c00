// Somebody who has paid twice, as a row of the table: whoever reads it, by whatever way, finds both payments whole.

import { DatabaseSync } from 'node:sqlite';

import { expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { personKey } from '../../src/outbox/people/table.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import { newPerson } from '../../src/person/person.ts';

const KEY = personKey('user_ada');
const PAYMENT = { id: 'in_1', at: 1, minor: 4900, currency: 'usd', subscriptionId: 'sub_1' };
const ENTRIES = [PAYMENT, { ...PAYMENT, id: 'in_2', at: 2 }];
const ADA = {
  ...newPerson('user_ada'),
  ledgers: { cus_1: { totals: { usd: 9800 }, firstPaidAt: 1, entries: ENTRIES } },
};

it('is whole by its key, in a page of all, and in an export', () => {
  const storage = openStorage(platformOver(new DatabaseSync(':memory:')));
  storage.transaction(({ people }) => people.save(KEY, ADA));
  const { people } = storage.tables();
  expect(people.find(KEY)).toEqual(ADA);
  expect(people.page('', 10).rows).toEqual([{ key: KEY, person: ADA }]);
  expect(people.held(KEY).map(({ row }) => JSON.parse(row))).toEqual([{ id: KEY, person: ADA }]);
});
