// The operator and the one job that pulls: begun, looked at, stopped. It goes on by itself in its shard.

import { Hono } from 'hono/tiny';

import { ready } from '../door/ready.ts';
import type { RelayApp } from '../door/ready.ts';
import { syncOf } from '../platform/namespaces.ts';
import * as v from '../platform/schema.ts';
import { peopleShardsOf } from '../sync/cloudflare-shards.ts';
import type { Job, JobRequest, ListProgress } from '../sync/job.ts';
import { shownReport } from '../sync/people/kept.ts';
import { answer } from './answer.ts';
import { ROUTES } from './routes.ts';

/**
 * 500 users with all the metadata that Clerk takes are some 15 MB; a call between objects takes 32 MiB.
 * https://developers.cloudflare.com/workers/runtime-apis/rpc/
 */
const PAGE_BYTES_MAX = 25_000_000;

export const syncRoutes = new Hono<RelayApp>();

syncRoutes.post(ROUTES.syncBegin.path, ready, async (c) => {
  const body: unknown = await c.req.json().catch(() => null);
  const parsed = v.safeParse(ROUTES.syncBegin.request, body);
  if (!parsed.success) {
    const field = v.pathOf(parsed.issues[0]).join('.');
    return answer<'syncBegin'>(400, { error: 'sync_invalid', field, reason: 'unreadable' });
  }
  const { kind } = parsed.output;
  // What was not given is left out, so that the row holds what was asked and nothing else.
  const request: JobRequest = JSON.parse(JSON.stringify(parsed.output));
  const begun = await syncOf(c.env, c.get('config')).begin(request);
  switch (begun.kind) {
    case 'begun':
      return answer<'syncBegin'>(202, { id: begun.id, kind });
    case 'busy':
      return answer<'syncBegin'>(409, { error: 'sync_busy', id: begun.id });
    case 'refused':
      return answer<'syncBegin'>(400, {
        error: 'sync_invalid',
        field: 'kind',
        reason: begun.reason,
      });
  }
});

syncRoutes.get(ROUTES.sync.path, ready, async (c) => {
  const [job] = await syncOf(c.env, c.get('config')).jobs(1);
  if (job === undefined) return answer<'sync'>(200, NONE);
  const { userIdsOf } = peopleShardsOf(c.env, () => c.get('config'));
  const report = job.report === null ? null : await shownReport(job.report, userIdsOf);
  return answer<'sync'>(200, { ...viewOf(job), report });
});

syncRoutes.post(ROUTES.syncPage.path, ready, async (c) => {
  const bytes = Number(c.req.header('content-length') ?? Infinity);
  if (!(bytes <= PAGE_BYTES_MAX)) return answer<'syncPage'>(413, { error: 'sync_page_too_large' });
  const body: unknown = await c.req.json().catch(() => null);
  const parsed = v.safeParse(ROUTES.syncPage.request, body);
  if (!parsed.success) return answer<'syncPage'>(400, { error: 'sync_page_invalid' });
  const { id, page } = parsed.output;
  const sent = page === undefined ? { id } : { id, page };
  const place = await syncOf(c.env, c.get('config')).push(sent);
  if (place === null) return answer<'syncPage'>(409, { error: 'sync_over' });
  const { request, ...rest } = place;
  return answer<'syncPage'>(200, { ...rest, activeSince: request.activeSince });
});

syncRoutes.delete(ROUTES.syncStop.path, ready, async (c) => {
  const id = await syncOf(c.env, c.get('config')).stop();
  return answer<'syncStop'>(200, { id });
});

const NONE = {
  id: null,
  kind: null,
  state: 'idle',
  startedAt: null,
  finishedAt: null,
  only: null,
  rows: 0,
  problem: null,
  lists: {},
  report: null,
};

function viewOf({ id, request, state, problem, startedAt, finishedAt, lists, rows }: Job) {
  return {
    id,
    kind: request.kind,
    only: request.only ?? null,
    state,
    startedAt: iso(startedAt),
    finishedAt: finishedAt === null ? null : iso(finishedAt),
    rows: rows.written,
    problem,
    lists: Object.fromEntries(lists.map((list) => [list.name, countsOf(list)])),
  };
}

function countsOf({ seen, total, changed, new: fresh, parked }: ListProgress) {
  return { seen, total, changed, new: fresh, parked };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
