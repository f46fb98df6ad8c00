// Thousands of moments of an organization may have waited until somebody is in it. They go in several notices: one would be a row, and an
// entry of its person's journal, larger than the platform takes, and every organization of the shard would stand still behind it.

import { DatabaseSync } from 'node:sqlite';

import { expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import type { Notice } from '../../src/outbox/organizations/notices.ts';
import { tell } from '../../src/outbox/organizations/tell.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import type { Moment } from '../../src/person/moment.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const OPTIONS = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  mapping: READ_OPTIONS,
  onUserDeleted: 'delete',
} as const;

function moment(index: number): Moment {
  return {
    name: 'payment_succeeded',
    key: ['payment_succeeded', String(index)],
    keyAt: index,
    occurredAt: index,
    subscriptionId: null,
    once: 'seen',
    properties: { reason: 'x'.repeat(1000) },
  };
}

it('they are told in notices of fifty, in their order, and the first says what somebody is in it', () => {
  const tables = openStorage(platformOver(new DatabaseSync(':memory:'))).tables();
  const moments = Array.from({ length: 5010 }, (_, index) => moment(index));
  const member = { role: 'org:admin', joinedAt: 1 };
  const state = { facet: null, version: 1, buyers: {} };
  const about = { id: 'org_1', state, moments: [], customerId: null, now: 1, isSilent: true };
  tell(tables, { ...about, asides: [{ userId: 'user_1', member, moments }] }, OPTIONS);
  const notices: Notice[] = [];
  for (let some = tables.notices.next(1000); some.length > 0; some = tables.notices.next(1000)) {
    expect(JSON.stringify(some).length).toBeLessThan(5_000_000);
    notices.push(...some);
    tables.notices.remove(some.map(({ seq }) => seq));
  }
  expect(notices).toHaveLength(101);
  const news = notices.flatMap((notice) => notice.event.news);
  const told = news.flatMap((each) => (each.kind === 'membership' ? each.moments : []));
  expect(told.map(({ keyAt }) => keyAt)).toEqual(moments.map(({ keyAt }) => keyAt));
  expect(Math.max(...notices.map((each) => JSON.stringify(each).length))).toBeLessThan(100_000);
  const said = news.map((each) => (each.kind === 'membership' ? each.membership?.version : null));
  expect(said).toEqual([1, ...Array.from({ length: 100 }, () => 0)]);
});
