// What a job would touch is counted before it is begun: by one of its kind that changes nothing. Pure.

import { parseJson } from '../../platform/json.ts';
import * as v from '../../platform/schema.ts';
import { DAY_MS } from '../../platform/time.ts';
import type { Job, JobRequest } from '../../sync/job.ts';

/** A count that is older says little. */
const COUNT_MS = DAY_MS;

/** What a page may begin, and when that changes something. */
const ACTS: Readonly<Record<string, (request: JobRequest) => boolean>> = {
  backfill: isForReal,
  reconcile: isForReal,
  refresh: isForReal,
  drift: ({ repair }) => repair === true,
};

/** What was counted, Unix milliseconds: `seen` objects of the providers, or people; `people` of them are touched. */
type Counted = {
  readonly at: number;
  /** What is older was not looked at; null: as the kind does by itself. */
  readonly since: number | null;
  readonly seen: number;
  /** Who is identified; of a backfill, who is new at Customer.io and costs a profile. Of a repair at most so many. */
  readonly people: number;
  /** Of them the organizations, which are objects. */
  readonly organizations: number;
};

type Begun =
  | { readonly kind: 'may'; readonly request: JobRequest; readonly counted: Counted | null }
  | { readonly kind: 'refused'; readonly reason: 'count_first' | 'kind_unknown' };

/** What is begun where this is asked for: what was counted, and nothing else. `jobs`: the newest first. */
export function afterCount(request: JobRequest, jobs: readonly Job[], now: number): Begun {
  const isActing = Object.hasOwn(ACTS, request.kind) ? ACTS[request.kind] : undefined;
  if (isActing === undefined) return { kind: 'refused', reason: 'kind_unknown' };
  if (!isActing(request)) return { kind: 'may', request, counted: null };
  const counted = countedFor(request.kind, jobs, now);
  if (counted === null) return { kind: 'refused', reason: 'count_first' };
  const { since } = counted;
  return { kind: 'may', counted, request: since === null ? request : { ...request, since } };
}

/** Null: the newest of this kind has changed something, did not end well, or is too old. */
export function countedFor(kind: string, jobs: readonly Job[], now: number): Counted | null {
  const job = jobs.find(({ request }) => request.kind === kind && request.byCron !== true);
  const isCount = job?.state === 'done' && ACTS[kind]?.(job.request) === false;
  if (job === undefined || !isCount || (job.finishedAt ?? 0) <= now - COUNT_MS) return null;
  return {
    at: job.startedAt,
    since: job.request.since ?? null,
    seen: job.lists.reduce((all, { seen }) => all + seen, 0),
    ...touchedBy(job),
  };
}

function touchedBy({ report }: Job): Pick<Counted, 'people' | 'organizations'> {
  const { profiles, due, missing, differing, organizations } = v.parse(
    Report,
    parseJson(report ?? '{}'),
  );
  const objects = organizations.missing + organizations.differing;
  return { people: profiles + due + missing + differing + objects, organizations: objects };
}

function isForReal({ dryRun }: JobRequest): boolean {
  return dryRun !== true;
}

/** Of each kind one half or the other. */
const figure = v.optional(v.number(), 0);
const NOTHING = { missing: 0, differing: 0 };
const drifted = { missing: figure, differing: figure };
const Report = v.object({
  ...drifted,
  profiles: figure,
  due: figure,
  organizations: v.optional(v.object(drifted), NOTHING),
});
