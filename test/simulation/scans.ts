// Which statements may look through a table, and why that is no harm. A scan that is not here fails the test that makes it.

type Plan = { readonly step: string; readonly steps: readonly string[] };

type Scan = {
  /** A part of the statement, word for word. */
  readonly of: string;
  /** Only along this index. */
  readonly along?: string;
  readonly why: string;
};

const SCANS: readonly Scan[] = [
  { of: 'FROM migrations', why: 'at a start: a row for each table, some hundreds at the most' },
  { of: 'FROM sqlite_master', why: 'at a start: a row for each table and index' },
  { of: 'INSERT OR REPLACE INTO counts', why: 'a migration, once: no row is written for it' },
  {
    of: 'DELETE FROM parked WHERE removal = 1',
    why: 'a migration, once: what an operator looks through',
  },
  {
    of: 'INSERT OR IGNORE INTO removals (person, at, next_at, attempt, message) SELECT',
    why: 'the same migration',
  },
  { of: 'DELETE FROM queues WHERE key NOT IN', why: 'a migration, once, of what waits' },
  {
    of: 'UPDATE email_marks SET event = event ||',
    why: 'a migration, once: marks of release 0.1.0 have no name, and are not written',
  },
  { of: 'UPDATE queues SET known =', why: 'a migration, once, of what waits' },
  {
    of: 'UPDATE holds SET at = ?, failures = 0',
    why: 'once when an outage of an hour is over: of each who is held the hour begins anew',
  },
  { of: 'FROM holds ORDER BY at LIMIT', why: 'an operator asks who is held: people, not messages' },
  {
    of: `FROM notices WHERE user <> ''`,
    along: 'notices_due',
    why: 'an index of these alone, and a limit',
  },
  {
    of: 'FROM notices WHERE user IN',
    why: 'an export of one person: what is on its way, and what waits to be known, is little',
  },
  { of: 'FROM jobs', why: 'some fifty jobs are kept' },
  { of: 'FROM missing', why: 'at the end of a walk through everybody: whom Clerk did not return' },
];

export function scanIsAllowed(statement: string, plan: Plan): boolean {
  const isNamed = SCANS.some(
    ({ of, along = '' }) => statement.includes(of) && plan.step.includes(along),
  );
  return isNamed || isOfNoTable(plan) || isBounded(statement, plan);
}

/** What the statement was given, or a row made of nothing. */
function isOfNoTable({ step }: Plan): boolean {
  return /^SCAN (json_each|CONSTANT ROW|given|\(subquery)/.test(step);
}

/** It walks in the order of a key and stops: there is a limit, nothing is left out on the way, and nothing is sorted. */
function isBounded(statement: string, { steps }: Plan): boolean {
  const isSorted = steps.some((step) => step.includes('TEMP B-TREE'));
  return /\bLIMIT\b/.test(statement) && !/\bWHERE\b/.test(statement) && !isSorted;
}

/** Those that are allowed, and made no more. */
export function scansNotMade(statements: readonly string[]): string[] {
  const plain = statements.map((statement) => statement.replaceAll(/\s+/g, ' '));
  return SCANS.map(({ of }) => of).filter((of) => !plain.some((each) => each.includes(of)));
}
