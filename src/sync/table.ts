// Jobs: a row each, the newest last. Two at the most are open: one of the operator's, and one of the cron's before it.

import type { Migrations } from '../platform/migrations.ts';
import type { Run } from '../platform/sql.ts';
import type { Job } from './job.ts';

/** Enough to see what the last days have healed. */
const JOBS_KEPT = 50;

const IS_OPEN = `json_extract(job, '$.state') IN ('running', 'paused')`;

export const JOBS: Migrations = {
  name: 'jobs',
  steps: [(table) => `CREATE TABLE IF NOT EXISTS ${table} (seq INTEGER PRIMARY KEY, job TEXT)`],
};

export function openJobs(run: Run) {
  /** The newest first. */
  function list(most: number): Job[] {
    return read('SELECT job FROM jobs ORDER BY seq DESC LIMIT ?', most);
  }

  /** Those that are not over, the newest first. */
  function open(): Job[] {
    return read(`SELECT job FROM jobs WHERE ${IS_OPEN} ORDER BY seq DESC`);
  }

  function read(query: string, ...bindings: number[]): Job[] {
    return run(query, ...bindings).map(({ job }) => JSON.parse(String(job)));
  }

  /** One that goes on for days outlives those that are begun meanwhile. */
  function add(job: Job): void {
    run('INSERT INTO jobs (job) VALUES (?)', JSON.stringify(job));
    run(
      `DELETE FROM jobs WHERE seq <= (SELECT max(seq) FROM jobs) - ? AND NOT ${IS_OPEN}`,
      JOBS_KEPT,
    );
  }

  /** In the place of itself. Two of a kind may begin in one second, by which they are named. */
  function save(job: Job): void {
    const { id, startedAt } = job;
    run(
      `UPDATE jobs SET job = ? WHERE seq = (SELECT max(seq) FROM jobs
       WHERE json_extract(job, '$.id') = ? AND json_extract(job, '$.startedAt') = ?)`,
      JSON.stringify(job),
      id,
      startedAt,
    );
  }

  return { list, open, add, save };
}
