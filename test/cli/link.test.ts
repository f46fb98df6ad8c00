// A link that the Worker refuses: the two reasons are told apart, each with what can be done.

import { afterAll, beforeAll, expect, it } from 'vitest';

import { emulate } from '../emulator/loopback.ts';
import type { ApiAnswer, Emulated } from '../emulator/loopback.ts';
import { lifecycle } from './lifecycle.ts';

const env = { ADMIN_TOKEN: 'an-admin-token-of-24-characters' };

let worker: Emulated;
let answer: ApiAnswer;

beforeAll(async () => {
  worker = await emulate(() => answer);
});
afterAll(() => worker.close());

async function link(body: unknown) {
  answer = { status: 409, body };
  return lifecycle(['link', 'cus_1', 'user_2abc', '--worker', worker.url], { env });
}

it('says of a deleted person that nothing can be linked to them', async () => {
  const { code, err } = await link({ error: 'person_erased' });
  expect(err).toBe('user_2abc was deleted and stays so: nothing can be linked to them.\n');
  expect(code).toBe(1);
});

it('says whose a customer is where another link stands, and how to forget that one', async () => {
  const userId = 'user_with_an_id_of_more_than_twenty_letters';
  const { code, err } = await link({ error: 'link_stands', customerId: 'cus_1', userId });
  expect(err).toContain(`cus_1 belongs to ${userId}; `);
  expect(err).toContain('lifecycle link cus_1 --forget');
  expect(err).not.toContain('deleted');
  expect(code).toBe(1);
});

it('says that a deletion came in between where the customer is nobody’s', async () => {
  const { err } = await link({ error: 'link_stands', customerId: 'cus_1', userId: null });
  expect(err).toContain("cus_1 is nobody's: a deletion came in between.");
});

it('gives no reason of its own for a refusal it does not know', async () => {
  const { code, err } = await link({ error: 'of_a_later_version' });
  expect(err).toContain('The Worker refuses this (409): of_a_later_version.');
  expect(code).toBe(1);
});
