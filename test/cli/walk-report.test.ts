// What came of a walk through a provider's lists, in words.

import { expect, it } from 'vitest';

import { walkReportLines } from '../../src/cli/sync/walk-report.ts';

it('says what a dry run would cost, and after a job only what is to be done', () => {
  const nobody = { unlinked: 0, unlinkedCustomers: [] };
  expect(walkReportLines({ ...nobody, rows: 1240, profiles: 0 })).toEqual([
    'It would make 0 people new at Customer.io: a profile each.',
    'It would write 1240 rows, and one or two a page.',
  ]);
  expect(walkReportLines(nobody)).toEqual([]);
  expect(walkReportLines({ unlinked: 3, unlinkedCustomers: ['cus_1', 'cus_2'] })).toEqual([
    '3 objects were left out: nobody knows whose their customers are.',
    '  cus_1',
    '  cus_2',
    'Link them with lifecycle link CUSTOMER USER, and run it again.',
  ]);
  expect(walkReportLines({ due: 3 })).toBeNull();
});
