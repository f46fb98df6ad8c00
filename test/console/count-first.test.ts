// What may be begun from the page of jobs: only what was counted, and not twice from one count.

import { describe, expect, it } from 'vitest';

import { afterCount, countedFor } from '../../src/console/browser/count-first.ts';
import { newList } from '../../src/sync/job.ts';
import type { Job, JobRequest } from '../../src/sync/job.ts';

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;

function job(request: JobRequest, about: Partial<Job> = {}): Job {
  return {
    id: 'a-job',
    request,
    state: 'done',
    problem: null,
    startedAt: NOW - HOUR_MS,
    finishedAt: NOW - HOUR_MS,
    lists: [{ ...newList('people'), seen: 5 }],
    attempt: 0,
    notBefore: 0,
    rows: { day: 0, written: 0 },
    report: null,
    ...about,
  };
}

const refreshCount = job({ kind: 'refresh', dryRun: true }, { report: '{"due":3,"seen":5}' });

describe('what may be begun', () => {
  it.each([
    ['what only counts', { kind: 'backfill', dryRun: true }, [], 'may'],
    ['looking for drift', { kind: 'drift' }, [], 'may'],
    ['what was not counted', { kind: 'refresh' }, [], 'count_first'],
    ['a repair that nobody has looked for', { kind: 'drift', repair: true }, [], 'count_first'],
    ['what was counted', { kind: 'refresh' }, [refreshCount], 'may'],
    ['another kind than was counted', { kind: 'backfill' }, [refreshCount], 'count_first'],
    [
      'what the cron has reconciled since',
      { kind: 'reconcile' },
      [job({ kind: 'reconcile', byCron: true }), job({ kind: 'reconcile', dryRun: true })],
      'may',
    ],
    [
      'what has run since it was counted',
      { kind: 'refresh' },
      [job({ kind: 'refresh' }), refreshCount],
      'count_first',
    ],
    [
      'what was counted more than a day ago',
      { kind: 'refresh' },
      [{ ...refreshCount, finishedAt: NOW - 25 * HOUR_MS }],
      'count_first',
    ],
    [
      'what is still being counted',
      { kind: 'refresh' },
      [{ ...refreshCount, state: 'running' as const, finishedAt: null }],
      'count_first',
    ],
    [
      'what was stopped while it was counted',
      { kind: 'refresh' },
      [{ ...refreshCount, state: 'failed' as const }],
      'count_first',
    ],
    ['what only the command line sends', { kind: 'push' }, [], 'kind_unknown'],
    ['what nobody knows', { kind: 'toString' }, [], 'kind_unknown'],
  ])('%s', (_, request, jobs, expected) => {
    const begun = afterCount(request, jobs, NOW);
    expect(begun.kind === 'may' ? 'may' : begun.reason).toBe(expected);
  });

  it('looks at the time that was counted, and at no other', () => {
    const since = NOW - 5 * HOUR_MS;
    const counted = job({ kind: 'reconcile', dryRun: true, since });
    expect(afterCount({ kind: 'reconcile' }, [counted], NOW)).toMatchObject({
      request: { kind: 'reconcile', since },
    });
  });
});

describe('what was counted', () => {
  it('is objects, and the people whom it touches', () => {
    const lists = ['clerk_users', 'stripe_subscriptions'].map((name) => ({
      ...newList(name),
      seen: 7,
    }));
    const report = JSON.stringify({ unlinked: 0, unlinkedCustomers: [], rows: 30, profiles: 4 });
    const backfill = job({ kind: 'backfill', dryRun: true }, { lists, report });
    expect(countedFor('backfill', [backfill], NOW)).toMatchObject({ seen: 14, people: 4 });
    expect(countedFor('refresh', [refreshCount], NOW)).toMatchObject({ seen: 5, people: 3 });
    const drift = job({ kind: 'drift' }, { report: '{"missing":2,"differing":3,"compared":9}' });
    expect(countedFor('drift', [drift], NOW)).toMatchObject({ people: 5, since: null });
    const objects = '{"missing":2,"organizations":{"missing":1,"differing":3,"compared":9}}';
    expect(countedFor('drift', [job({ kind: 'drift' }, { report: objects })], NOW)).toMatchObject({
      people: 6,
      organizations: 4,
    });
  });
});
