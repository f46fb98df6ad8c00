// The README's tables against the code: a mapping or a moment without its row fails here by name.

import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config.ts';
import { CLERK_EVENT_TYPES } from '../../src/intake/clerk/events.ts';
import { STRIPE_EVENT_TYPES } from '../../src/intake/stripe/events.ts';
import { MOMENT_NAMES } from '../../src/person/moment.ts';

const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8');

/** The first cells of the table under a header row, without their backticks. */
function firstCells(header: string): string[] {
  const table = readme.slice(readme.indexOf(header)).split('\n\n')[0] ?? '';
  return table
    .split('\n')
    .slice(2)
    .flatMap((row) => (row.split('|')[1] ?? '').match(/`[^`]+`/g) ?? [])
    .map((cell) => cell.replaceAll('`', ''));
}

describe('README', () => {
  it('has a row for every event type that is mapped, and for no other', () => {
    const mapped = [...CLERK_EVENT_TYPES, ...STRIPE_EVENT_TYPES];
    expect(firstCells('| event | what lands').toSorted()).toEqual(mapped.toSorted());
  });

  it('has a row for every moment, in the order of the code', () => {
    expect(firstCells('| moment | when')).toEqual([...MOMENT_NAMES]);
  });

  it('names every variable that a wrong value can be reported for', () => {
    const vars = firstCells('| name | secret?');
    const wrong = readConfig(Object.fromEntries(vars.map((name) => [name, { wrong: {} }])));
    const reported = wrong.ok ? [] : wrong.problems.map((problem) => problem.split(/[.:]/)[0]);
    expect(vars).toEqual(expect.arrayContaining(reported));
    expect(reported.length).toBeGreaterThan(15);
  });
});
