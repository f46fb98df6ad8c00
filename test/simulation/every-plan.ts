// Before each file of tests that run in Node: at its end no statement of any simulated shard has looked through a table.

import { afterAll } from 'vitest';

import { unexpectedScans } from './plans.ts';

afterAll(() => {
  const scans = unexpectedScans();
  if (scans.length > 0) throw new Error(`looks through a table:\n${scans.join('\n')}`);
});
