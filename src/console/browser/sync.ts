// Sync: are the past and the present the same? The one job that pulls: begun, how far it is, and what the last ones found.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import { syncOf } from '../../platform/namespaces.ts';
import { HOUR_MS } from '../../platform/time.ts';
import { peopleShardsOf } from '../../sync/cloudflare-shards.ts';
import type { JobRequest } from '../../sync/job.ts';
import { shownReport } from '../../sync/people/kept.ts';
import { auditPage } from '../audit.ts';
import { afterCount, countedFor } from './count-first.ts';
import { codeIn, numberIn } from './form.ts';
import { jobView } from './job-view.ts';
import { page } from './page.ts';

const JOBS_SHOWN = 8;
/** As many as are kept: the cron's come every hour. */
const JOBS_READ = 50;

const KINDS = ['backfill', 'reconcile', 'refresh', 'drift'] as const;

export function syncPages() {
  const pages = new Hono<RelayApp>();

  pages.get('/', async (c) => {
    const config = c.get('config');
    const { userIdsOf } = peopleShardsOf(c.env, () => config);
    const jobs = await syncOf(c.env, config).jobs(JOBS_READ);
    const now = Date.now();
    const shown = jobs.slice(0, JOBS_SHOWN).map(async (job) => {
      const report = job.report === null ? null : await shownReport(job.report, userIdsOf);
      return { ...jobView(job, now), report };
    });
    const note = codeIn(c.req.query('note'));
    const views = await Promise.all(shown);
    const counted = KINDS.map((kind) => [kind, countedFor(kind, jobs, now)] as const);
    const data = {
      jobs: views,
      isOpen: views[0]?.isOpen === true,
      counted: Object.fromEntries(counted),
      note,
      isRefused: !['', 'begun', 'busy', 'count_first'].includes(note),
    };
    return page(c, 'sync', data);
  });

  pages.post('/', async (c) => {
    const form = await c.req.parseBody();
    const sync = syncOf(c.env, c.get('config'));
    const now = Date.now();
    const asked = requestIn(form, now);
    const may = afterCount(asked, await sync.jobs(JOBS_READ), now);
    const begun = may.kind === 'may' ? await sync.begin(may.request) : may;
    const outcome = begun.kind === 'refused' ? begun.reason : begun.kind;
    const { seen = null, people = null } = (may.kind === 'may' && may.counted) || {};
    auditPage(c, { action: actionOf(asked), on: null, outcome, seen, people });
    return c.redirect(`/console/sync?note=${outcome}`, 303);
  });

  pages.post('/stop', async (c) => {
    await syncOf(c.env, c.get('config')).stop();
    auditPage(c, { action: 'sync stop', on: null });
    return c.redirect('/console/sync', 303);
  });
  return pages;
}

function actionOf({ kind, dryRun, repair }: JobRequest): string {
  const known = KINDS.find((each) => each === kind) ?? 'unknown';
  return ['sync', known, ...(dryRun ? ['count'] : []), ...(repair ? ['repair'] : [])].join(' ');
}

/** `hours`: how far back, 0 from the beginning. */
function requestIn(form: Readonly<Record<string, unknown>>, now: number): JobRequest {
  const hours = numberIn(form['hours']);
  return {
    kind: String(form['kind']),
    ...(form['dryRun'] === 'yes' && { dryRun: true }),
    ...(form['repair'] === 'yes' && { repair: true }),
    ...(hours > 0 && { since: now - hours * HOUR_MS }),
  };
}
