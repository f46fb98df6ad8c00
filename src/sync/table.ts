// Jobs: a row each, the newest last. The one table of the sync shard.

import type { Migrations } from '../platform/migrations.ts';
import type { Run } from '../platform/sql.ts';
import type { Job } from './job.ts';

/** Enough to see what the last days have healed. */
const JOBS_KEPT = 50;

export const JOBS: Migrations = {
  name: 'jobs',
  steps: [(table) => `CREATE TABLE IF NOT EXISTS ${table} (seq INTEGER PRIMARY KEY, job TEXT)`],
};

export function openJobs(run: Run) {
  /** The newest first. */
  function list(most: number): Job[] {
    return run('SELECT job FROM jobs ORDER BY seq DESC LIMIT ?', most).map(({ job }) =>
      JSON.parse(String(job)),
    );
  }

  function add(job: Job): void {
    run('INSERT INTO jobs (job) VALUES (?)', JSON.stringify(job));
    run('DELETE FROM jobs WHERE seq <= (SELECT max(seq) FROM jobs) - ?', JOBS_KEPT);
  }

  /** In the place of the newest. */
  function save(job: Job): void {
    run('UPDATE jobs SET job = ? WHERE seq = (SELECT max(seq) FROM jobs)', JSON.stringify(job));
  }

  return { list, newest: (): Job | null => list(1)[0] ?? null, add, save };
}
