// What drift has found, in words: of people, and in the same words of organizations.

import { expect, it } from 'vitest';

import { peopleReportLines } from '../../src/cli/sync/people-report.ts';

const NOTHING = { compared: 4, recent: 0, missing: 0, differing: 0, traits: {}, examples: {} };

it('says of organizations what it says of people, and of how many nobody could tell', () => {
  const organizations = {
    ...NOTHING,
    missing: 1,
    differing: 1,
    recent: 2,
    traits: { lost: { plan: 1 } },
    examples: { missing: ['org_a'], lost: ['org_b'] },
    repaired: 2,
    alone: 3,
  };
  const people = { ...NOTHING, unknown: 0, others: 0, erased: 0, repaired: 0 };
  expect(peopleReportLines('drift', people)).toEqual([
    '4 compared: 0 missing, 0 with something that differs.',
  ]);
  expect(peopleReportLines('drift', { ...people, organizations })).toEqual([
    '4 compared: 0 missing, 0 with something that differs.',
    'Organizations, as objects:',
    '4 compared: 1 missing, 1 with something that differs.',
    '2 were told something within the last minutes: not compared.',
    'ours is newer and is not there: plan 1',
    'missing, for example: org_a',
    'lost, for example: org_b',
    '3 have nobody in them to send them through: not compared.',
    '2 were told again.',
  ]);
});
