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
import { ADMIN } from './contract.ts';

export const syncRoutes = new Hono<RelayApp>();

syncRoutes.post(ADMIN.syncBegin.path, ready, async (c) => {
  const body: unknown = await c.req.json().catch(() => null);
  const parsed = v.safeParse(ADMIN.syncBegin.request, body);
  if (!parsed.success) {
    const field = v.pathOf(parsed.issues[0]).join('.');
    return answer(ADMIN.syncBegin, 400, { error: 'sync_invalid', field, reason: 'unreadable' });
  }
  const { kind } = parsed.output;
  // What was not given is left out, so that the row holds what was asked and nothing else.
  const request: JobRequest = JSON.parse(JSON.stringify(parsed.output));
  const begun = await syncOf(c.env, c.get('config')).begin(request);
  switch (begun.kind) {
    case 'begun':
      return answer(ADMIN.syncBegin, 202, { id: begun.id, kind });
    case 'busy':
      return answer(ADMIN.syncBegin, 409, { error: 'sync_busy', id: begun.id });
    case 'refused':
      return answer(ADMIN.syncBegin, 400, {
        error: 'sync_invalid',
        field: 'kind',
        reason: begun.reason,
      });
  }
});

syncRoutes.get(ADMIN.sync.path, ready, async (c) => {
  const [job] = await syncOf(c.env, c.get('config')).jobs(1);
  if (job === undefined) return answer(ADMIN.sync, 200, NONE);
  const { userIdsOf } = peopleShardsOf(c.env, () => c.get('config'));
  const report = job.report === null ? null : await shownReport(job.report, userIdsOf);
  return answer(ADMIN.sync, 200, { ...viewOf(job), report });
});

syncRoutes.delete(ADMIN.syncStop.path, ready, async (c) => {
  const id = await syncOf(c.env, c.get('config')).stop();
  return answer(ADMIN.syncStop, 200, { id });
});

const NONE = {
  id: null,
  kind: null,
  state: 'idle',
  startedAt: null,
  finishedAt: null,
  problem: null,
  lists: {},
  report: null,
};

function viewOf({ id, request, state, problem, startedAt, finishedAt, lists }: Job) {
  return {
    id,
    kind: request.kind,
    state,
    startedAt: iso(startedAt),
    finishedAt: finishedAt === null ? null : iso(finishedAt),
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
