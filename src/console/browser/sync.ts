// Sync: are the past and the present the same? The one job that pulls: begun, how far it is, and what the last ones found.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import { syncOf } from '../../platform/namespaces.ts';
import { DAY_MS, HOUR_MS } from '../../platform/time.ts';
import { peopleShardsOf } from '../../sync/cloudflare-shards.ts';
import type { Job, JobRequest } from '../../sync/job.ts';
import { shownReport } from '../../sync/people/kept.ts';
import { auditPage } from '../audit.ts';
import { jobView } from './job-view.ts';
import { page } from './page.ts';

const JOBS_SHOWN = 8;

export function syncPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const config = c.get('config');
    const { userIdsOf } = peopleShardsOf(c.env, () => config);
    const jobs = await syncOf(c.env, config).jobs(JOBS_SHOWN);
    const now = Date.now();
    const shown = jobs.map(async (job) => {
      const report = job.report === null ? {} : await shownReport(job.report, userIdsOf);
      return { ...jobView(job, now), report };
    });
    const note = /^[a-z_]+$/.exec(c.req.query('note') ?? '')?.[0] ?? '';
    const views = await Promise.all(shown);
    const data = {
      jobs: views,
      isOpen: views[0]?.isOpen === true,
      mayBackfill: jobs.some((job) => isTried(job, now)),
      note,
      isRefused: note !== '' && !['begun', 'busy', UNTRIED.reason].includes(note),
    };
    return page(c, 'sync', data);
  });

  pages.post('/', async (c) => {
    const form = await c.req.parseBody();
    const sync = syncOf(c.env, c.get('config'));
    const now = Date.now();
    const request = requestIn(form, now);
    const isUntried =
      request.kind === 'backfill' &&
      request.dryRun !== true &&
      !(await sync.jobs(JOBS_SHOWN)).some((job) => isTried(job, now));
    const begun = isUntried ? UNTRIED : await sync.begin(request);
    const note = begun.kind === 'refused' ? begun.reason : begun.kind;
    auditPage(c, { action: `sync ${request.kind}`, on: null, outcome: note });
    return c.redirect(`/console/sync?note=${note}`, 303);
  });

  pages.post('/stop', async (c) => {
    await syncOf(c.env, c.get('config')).stop();
    auditPage(c, { action: 'sync stop', on: null });
    return c.redirect('/console/sync', 303);
  });
  return pages;
}

/** What a backfill would bring, and cost, is known first. */
const UNTRIED = { kind: 'refused', reason: 'dry_run_first' } as const;

function isTried({ request, state, finishedAt }: Job, now: number): boolean {
  const isDryRun = request.kind === 'backfill' && request.dryRun === true;
  return isDryRun && state === 'done' && (finishedAt ?? 0) > now - DAY_MS;
}

/** `hours`: how far back, 0 from the beginning. */
function requestIn(form: Readonly<Record<string, unknown>>, now: number): JobRequest {
  const hours = Math.trunc(Number(form['hours'] ?? 0)) || 0;
  return {
    kind: String(form['kind']),
    ...(form['dryRun'] === 'yes' && { dryRun: true }),
    ...(form['repair'] === 'yes' && { repair: true }),
    ...(hours > 0 && { since: now - hours * HOUR_MS }),
  };
}
