// Off, every word that goes out is what the commit before organizations told: whole messages, answers and order, as recorded by
// that commit. What changes on purpose since then is recorded by hand here, with its line in CHANGELOG.md.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

import { tellAll } from './before.ts';

const RECORDED = readFileSync(path.join(import.meta.dirname, 'before.txt'), 'utf8');

/** What only counts where they are on may stand there all the same. */
const SET = {
  ORGANIZATIONS: 'off',
  ORGANIZATION_OBJECT_TYPE: 2,
  ORGANIZATION_ROLES: 'org:owner',
  ORGANIZATION_LINK_KEYS: 'team',
  ORGANIZATION_FANOUT_MAX: 1,
};

it.each([
  ['where nothing is set', {}],
  ['where all but the switch is', SET],
])('tells what was told before there were organizations, %s', async (_, vars) => {
  const lines = await tellAll(vars);
  expect(lines.filter((line) => line.startsWith('  ')).length).toBeGreaterThan(1000);
  expect(lines).toEqual(RECORDED.trimEnd().split('\n'));
});
