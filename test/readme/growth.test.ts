// The figures of *How it grows* in src/README.md are those that are measured.

import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import {
  ALERT_SHARE,
  growth,
  LOADS,
  measured,
  perSecondMax,
  rounded,
  storedBy,
} from '../bench/growth.ts';

const TEXT = readFileSync('src/README.md', 'utf8').replaceAll(/\*\*|\n(?!\|)/g, (each) =>
  each === '\n' ? ' ' : '',
);
const figures = measured();

it('has the table that npm run bench -- --storage prints', async () => {
  const lines = readFileSync('src/README.md', 'utf8').split('\n');
  const head = lines.findIndex((line) => line.startsWith('| webhooks/s | people'));
  const table = lines.slice(head + 2, head + 2 + LOADS.length);
  const cells = (await growth(figures)).map((row) => `| ${row.join(' | ')} |`);
  expect(table).toEqual(cells);
});

it('says what one webhook and one person leave', () => {
  const { journal, toldShare, seen, person, links, rows, calls } = figures;
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  expect(TEXT).toContain(`${Math.round(toldShare * 100)} % tell something`);
  expect(TEXT).toContain(
    `${whole(journal)} bytes of journal a webhook (${whole(journal / toldShare)} for one that tells something), ` +
      `${rounded(seen)} of seen keys, ${rounded(rows)} rows and ${rounded(calls)} calls of shards, ` +
      `${whole(person)} bytes for a person, ${whole(links)} for their link`,
  );
});

it('promises that the default carries 100 webhooks a second below the alert', () => {
  const { stored, days } = storedBy(figures, { perSecond: 100, shards: 16 });
  expect(stored).toBeLessThan(ALERT_SHARE * 10);
  expect(days).toBeGreaterThan(3);
  const [few, many] = [16, 64].map((shards) => perSecondMax(figures, shards));
  expect(few).toBeGreaterThan(100);
  expect(TEXT).toContain(`16 shards carry ${few} a second, 64 shards ${many}.`);
});
