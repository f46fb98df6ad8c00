// Companies and people under fire (companies.ts): at the end every member is the merge of what the providers hold, every
// moment was told once, to exactly those who had the role when it was processed and to who bought, and nobody who is deleted
// hears anything. Any number of seeds: SEEDS=500, any part of them: FROM=100.

import { expect, it } from 'vitest';

import { traits } from './acme.ts';
import type { Call } from './acme.ts';
import { expectedOf, ORGANIZATIONS, playCompanies } from './companies.ts';

const SEEDS = Number(process.env['SEEDS'] ?? 10);
const FROM = Number(process.env['FROM'] ?? 1);

type Played = Awaited<ReturnType<typeof playCompanies>>;

it.each(Array.from({ length: SEEDS }, (_, index) => FROM + index))(
  'companies and people are right in the end, whatever dies: seed %i',
  async (seed) => {
    const played = await playCompanies(seed);
    const calls = played.world.news();
    expectTraits(played, calls);
    expectMoments(played, calls);
    expectRelations(played, calls);
    expectNothingOf(played, calls);
  },
);

function expectTraits({ truth, users }: Played, calls: readonly Call[]): void {
  const newest = traits(calls);
  for (const user of users.filter((each) => !truth.deleted.has(each))) {
    const told = newest[user];
    const expected = expectedOf(truth, user);
    if (told === undefined) {
      expect({ user, ...expected }).toMatchObject({ user, plan: null, organizationsCount: 0 });
      continue;
    }
    const isNobodys = !('organizationId' in told) && expected.organizationId === null;
    const { mrr, ...of } = expected;
    const { plan } = of;
    expect({ user, ...told }).toMatchObject(isNobodys ? { user, plan } : { user, ...of });
    expect({ user, mrr: told['mrr'] }).toEqual({ user, mrr });
  }
}

/** Of everything that was bought once: who was told, and how often. */
function expectMoments({ truth, audits }: Played, calls: readonly Call[]): void {
  const landed = new Map<string, Set<unknown>>();
  for (const { event, userId, messageId, properties } of calls) {
    if (event !== 'checkout_completed') continue;
    const name = `${String(userId)} ${String(Object(properties)['amount'])}`;
    // A batch may come once more after a death, with the same ids.
    landed.set(name, new Set([...(landed.get(name) ?? []), messageId]));
  }
  for (const [name, ids] of landed) expect({ name, times: ids.size }).toEqual({ name, times: 1 });
  const heard = (amount: number) =>
    [...landed.keys()]
      .filter((name) => name.endsWith(` ${amount}`))
      .map((name) => name.split(' ')[0] ?? '');
  for (const [amount, payer] of truth.bought) {
    const audit = audits.find((each) => each.amount === amount);
    if (payer.startsWith('user_')) {
      expect(audit).toBeUndefined();
      const theirs = truth.deleted.has(payer) ? [[], [payer]] : [[payer]];
      expect(theirs).toContainEqual(heard(amount));
      continue;
    }
    const { told = [], due = [] } = audit ?? {};
    expect({ amount, twice: told.length - new Set(told).size }).toEqual({ amount, twice: 0 });
    // Each who had the role, and at most one more, who bought.
    expect({ amount, missed: due.filter((each) => !told.includes(each)) }).toEqual({
      amount,
      missed: [],
    });
    expect(told.filter((each) => !due.includes(each)).length).toBeLessThanOrEqual(1);
    const alive = (user: string) => !truth.deleted.has(user);
    expect({ amount, heard: heard(amount).filter(alive).toSorted() }).toEqual({
      amount,
      heard: told.filter(alive).toSorted(),
    });
  }
}

/** Whom Customer.io takes for related, by what it heard last. */
function expectRelations({ truth, users }: Played, calls: readonly Call[]): void {
  const related = new Map<string, unknown>();
  for (const { type, event, userId, groupId, traits: of, properties } of calls) {
    if (event === 'Relationship Deleted') {
      related.delete(`${String(userId)} ${String(Object(properties)['objectId'])}`);
    }
    const relation = Object(of)['relationshipAttributes'];
    if (type === 'group' && relation !== undefined) {
      related.set(`${String(userId)} ${String(groupId)}`, relation.role);
    }
  }
  for (const user of users.filter((each) => !truth.deleted.has(each))) {
    for (const id of ORGANIZATIONS) {
      const key = `${user} ${id}`;
      expect({ key, role: related.get(key) }).toEqual({ key, role: truth.members.get(key)?.role });
    }
  }
}

/** Behind their removal nothing is sent, and no row has their id. */
function expectNothingOf({ truth, world }: Played, calls: readonly Call[]): void {
  const rows = JSON.stringify(world.everything('audit'));
  for (const user of truth.deleted) {
    const theirs = calls.filter(({ userId }) => userId === user);
    const removal = theirs.findIndex(({ event }) => event === 'User Deleted');
    const after = theirs.slice(removal).filter(({ event }) => event !== 'User Deleted');
    expect({ user, removal: removal >= 0, after }).toEqual({ user, removal: true, after: [] });
    expect({ user, isHeld: rows.includes(`"${user}"`) || rows.includes(`\\"${user}\\"`) }).toEqual({
      user,
      isHeld: false,
    });
  }
}
