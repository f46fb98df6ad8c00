// A job: what the operator or the cron has asked for, and how far it is. Plain data: one row of the sync shard, written once a
// page. No I/O. No clock.

/** Times in Unix milliseconds. What a kind has no use for it ignores. */
export type JobRequest = {
  readonly kind: string;
  /** One provider alone. */
  readonly only?: 'clerk' | 'stripe';
  readonly since?: number;
  /** Until when each provider was healed before: there its time begins. By the cron alone. */
  readonly healed?: Readonly<Record<string, number>>;
  /** People who were not active since are left out. */
  readonly activeSince?: number;
  /** Counts, and changes nothing. */
  readonly dryRun?: boolean;
  readonly repair?: boolean;
  readonly sample?: number;
  /** The cron has asked, not the operator. */
  readonly byCron?: boolean;
};

/** `total` null: nobody says how many there are. `changed`: something new came of it. `parked`: nobody could read it. */
export type Counts = {
  readonly seen: number;
  readonly total: number | null;
  readonly changed: number;
  readonly new: number;
  readonly parked: number;
};

/** One list of a job. `cursor` is the kind's own text; null at the beginning. */
export type ListProgress = Counts & {
  readonly name: string;
  readonly cursor: string | null;
  readonly isOver: boolean;
  /** A code: it was given up in this round. */
  readonly problem?: string;
};

/** `paused` goes on by itself when its time has come; `failed` does not, and `problem` says why. */
type JobState = 'running' | 'paused' | 'done' | 'failed';

export type Job = {
  readonly id: string;
  readonly request: JobRequest;
  readonly state: JobState;
  /** A code of watch/codes.ts. */
  readonly problem: string | null;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  /** Walked one after the other. */
  readonly lists: readonly ListProgress[];
  /** Failed tries of the page in hand, one after the other. */
  readonly attempt: number;
  readonly notBefore: number;
  /** The shards had too much to deliver when they were last asked. */
  readonly isHeld?: boolean;
  /** How often they were asked whether they have it still, one after the other. */
  readonly looks?: number;
  /** Rows that jobs have written this day (days since 1970, UTC). */
  readonly rows: { readonly day: number; readonly written: number };
  /** What the kind has to say beside the counts, as JSON. */
  readonly report: string | null;
};

const NO_COUNTS: Counts = { seen: 0, total: null, changed: 0, new: 0, parked: 0 };

export function newList(name: string): ListProgress {
  return { ...NO_COUNTS, name, cursor: null, isOver: false };
}

/** The counts of a page on top. */
export function plusCounts(list: ListProgress, page: Partial<Counts>): ListProgress {
  const { seen = 0, changed = 0, new: fresh = 0, parked = 0, total = null } = page;
  return {
    ...list,
    seen: list.seen + seen,
    changed: list.changed + changed,
    new: list.new + fresh,
    parked: list.parked + parked,
    total: total ?? list.total,
  };
}

/** Still at work, also while it waits. */
export function isOpen({ state }: Pick<Job, 'state'>): boolean {
  return state === 'running' || state === 'paused';
}

/** Two of a kind may begin in one second, by which they are named. */
export function isSameJob(a: Job, b: Job): boolean {
  return a.id === b.id && a.startedAt === b.startedAt;
}

/** Why the first of its lists was given up; null: none was. */
export function problemOf({ lists }: Pick<Job, 'lists'>): string | null {
  return lists.find(({ problem }) => problem !== undefined)?.problem ?? null;
}

/** A code of what somebody has to look at: it cannot go on by itself, or a part of it was given up. Null: all is well. */
export function troubleOf({ state, problem }: Pick<Job, 'state' | 'problem'>): string | null {
  const isMeant = problem === 'stopped' || problem === 'sync_rows_spent';
  return state === 'running' || isMeant ? null : problem;
}

/** What told something new although its webhook should have. */
export function healedBy({ request, state, lists }: Job): number {
  if (request.byCron !== true || isOpen({ state })) return 0;
  return lists.reduce((sum, { changed }) => sum + changed, 0);
}
