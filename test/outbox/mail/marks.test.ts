// The mark of a mail counts for its name and organization; one of before that told organizations apart counts for each.

import { DatabaseSync } from 'node:sqlite';

import { expect, it } from 'vitest';

import { platformOver } from '../../../src/cli/node-sqlite.ts';
import { openStorage } from '../../../src/outbox/storage.ts';

const OWN = { event: 'payment_failed', properties: {} };
const of = (id: string) => ({
  event: 'payment_failed',
  properties: { payer: 'organization', organization_id: id },
});

it('counts a mark of before names had an organization for every one, and for nobody else', () => {
  const db = new DatabaseSync(':memory:');
  openStorage(platformOver(db));
  const marks = `INSERT INTO email_marks (id, seq, at, person, event)`;
  db.exec(
    `${marks} VALUES ('a', 1, 7, 'ada', 'payment_failed'), ('b', 1, 7, 'bob', 'trial_ending')`,
  );
  db.exec(`${marks} VALUES ('c', 1, 7, NULL, NULL)`);
  db.exec(`UPDATE migrations SET steps = 4 WHERE name = 'email_marks'`);
  // Once, whatever starts come after.
  for (const _ of [1, 2]) {
    const { emailMarks } = openStorage(platformOver(db)).tables();
    const newest = [OWN, of('org_acme'), of('org_bolt')].map((message) =>
      emailMarks.newest('ada', message),
    );
    expect(newest).toEqual([7, 7, 7]);
    expect(emailMarks.newestBefore('ada', of('org_acme'), 8)).toBe(7);
    expect(emailMarks.newestBefore('ada', of('org_acme'), 7)).toBeNull();
    expect(emailMarks.newest('bob', of('org_acme'))).toBeNull();
  }
});

it('counts a mark of today for its own organization alone', () => {
  const db = new DatabaseSync(':memory:');
  const { emailMarks } = openStorage(platformOver(db)).tables();
  const marks = `INSERT INTO email_marks (id, seq, at, person, event)`;
  db.exec(
    `${marks} VALUES ('a', 1, 7, 'ada', 'payment_failed org_acme'), ('b', 1, 5, 'ada', 'payment_failed')`,
  );
  const newest = [OWN, of('org_acme'), of('org_bolt')].map((message) =>
    emailMarks.newest('ada', message),
  );
  expect(newest).toEqual([5, 7, null]);
});
