// What may be asked of the sync shard, by the Durable Object that holds it (sync.ts), and by the simulation, which runs the
// very same code over node:sqlite. One job at a time, page by page, in the alarm.

import { faultOf } from '../platform/log.ts';
import { begin } from './begin.ts';
import { isOpen } from './job.ts';
import type { JobRequest } from './job.ts';
import { push } from './push.ts';
import type { SentBy } from './push.ts';
import { atWorkFirst, FAULT_AGAIN_MS, run } from './run.ts';
import { openState } from './state.ts';
import type { SyncOptions, SyncState } from './state.ts';
import { visit } from './visit.ts';

export type SyncCalls = ReturnType<typeof openSync>;

export function openSync(options: SyncOptions) {
  const state = openState(options);
  return {
    start: async () => {
      await state.alarm.load();
      // Whoever has paused may have been set right by what has started us.
      for (const open of state.jobs.open()) {
        state.update(open, (job) => (job.state === 'paused' ? { ...job, notBefore: 0 } : job));
      }
      state.armIfDue();
    },
    alarm: () => ring(state),
    visit: (lastEventAt: Readonly<Record<string, number>>) => visit(state, lastEventAt),
    begin: (request: JobRequest) => begin(state, request),
    /** The one at work, then the newest first. */
    jobs: (most: number) => atWorkFirst(state, most),
    push: (sent: { readonly id: string; readonly page?: SentBy }) => push(state, sent),
    stop: () => stop(state),
  };
}

/** After the page in hand. Null where nothing runs. */
function stop(state: SyncState): string | null {
  const finishedAt = state.platform.now();
  const [first] = atWorkFirst(state, 1);
  if (first === undefined || !isOpen(first)) return null;
  state.update(first, (job) => ({ ...job, state: 'failed', problem: 'stopped', finishedAt }));
  return first.id;
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
