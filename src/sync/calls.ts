// What may be asked of the sync shard, by the Durable Object that holds it (sync.ts), and by the simulation, which runs the
// very same code over node:sqlite. One job at a time, page by page, in the alarm.

import { faultOf } from '../platform/log.ts';
import { isOpen, newList } from './job.ts';
import type { JobRequest } from './job.ts';
import { run } from './run.ts';
import { openState, worldOf } from './state.ts';
import type { SyncOptions, SyncState } from './state.ts';

/** `busy`: one is at work; `refused`: this one cannot be met, and why. */
export type Beginning =
  | { readonly kind: 'begun'; readonly id: string }
  | { readonly kind: 'busy'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string };

export type SyncCalls = ReturnType<typeof openSync>;

/** After an alarm run that met a fault of ours. */
const FAULT_AGAIN_MS = 10_000;

export function openSync(options: SyncOptions) {
  const state = openState(options);
  return {
    start: async () => {
      await state.alarm.load();
      // Whoever has paused may have been set right by what has started us.
      state.update((job) => (job.state === 'paused' ? { ...job, notBefore: 0 } : job));
      state.armIfDue();
    },
    alarm: () => ring(state),
    sweep: async () => {
      await state.alarm.load();
      state.armIfDue();
    },
    begin: (request: JobRequest) => begin(state, request),
    /** The newest first. */
    jobs: (most: number) => state.jobs.list(most),
    stop: () => stop(state),
  };
}

function begin(state: SyncState, request: JobRequest): Beginning {
  const { platform, jobs } = state;
  const world = worldOf(state);
  const kind = state.kinds.find(({ name }) => name === request.kind);
  if (kind === undefined) return { kind: 'refused', reason: 'kind_unknown' };
  const lists = kind.lists(world, request);
  if ('refused' in lists) return { kind: 'refused', reason: lists.refused };
  const startedAt = platform.now();
  const id = `${kind.name}-${new Date(startedAt).toISOString().replace(/\.\d+Z$/, 'Z')}`;
  return platform.transaction(() => {
    const last = jobs.newest();
    if (last !== null && isOpen(last)) return { kind: 'busy', id: last.id };
    jobs.add({
      id,
      request,
      state: 'running',
      problem: null,
      startedAt,
      finishedAt: null,
      lists: lists.map(newList),
      attempt: 0,
      notBefore: 0,
      rows: last?.rows ?? { day: 0, written: 0 },
      report: null,
    });
    state.armIfDue();
    return { kind: 'begun', id };
  });
}

/** After the page in hand. Null where nothing runs. */
function stop(state: SyncState): string | null {
  let stopped: string | null = null;
  state.update((job) => {
    stopped = job.id;
    return { ...job, state: 'failed', problem: 'stopped', finishedAt: state.platform.now() };
  });
  return stopped;
}

async function ring(state: SyncState): Promise<void> {
  try {
    await state.alarm.run(() => run(state));
    state.armIfDue();
  } catch (error) {
    // The platform would retry six times and then forget; we arm ourselves.
    state.platform.log({ stage: 'sync', decision: 'fault', fault: faultOf(error) });
    state.alarm.arm(state.platform.now() + FAULT_AGAIN_MS);
  }
}
