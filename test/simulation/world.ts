// The simulated world: one clock and everything that is due on it. A step runs what is due next (of several at one
// time any one) and all that follows from it at once, so a run is a list of steps that depends on the seed alone.

import { createRandom } from './random.ts';

/** When every run begins, Unix milliseconds: an hour before midnight, so that runs cross into another day. */
const START_AT = Date.UTC(2026, 10, 24, 23);

type Due = { readonly at: number; readonly rank: number; readonly run: () => void };

export type World = ReturnType<typeof createWorld>;

export function createWorld(seed: number) {
  const random = createRandom(seed);
  const due: Due[] = [];
  const trace: string[] = [];
  let now = START_AT;

  /** Runs something later unless the function it returns is called first. */
  function after(ms: number, run: () => void): () => void {
    const item = { at: now + Math.max(0, ms), rank: random.next(), run };
    const index = due.findIndex(
      (each) => each.at > item.at || (each.at === item.at && each.rank > item.rank),
    );
    due.splice(index < 0 ? due.length : index, 0, item);
    return () => {
      const position = due.indexOf(item);
      if (position >= 0) due.splice(position, 1);
    };
  }

  function wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      after(ms, resolve);
    });
  }

  /** False when nothing is due any more. */
  async function step(): Promise<boolean> {
    const next = due.shift();
    if (next === undefined) return false;
    now = Math.max(now, next.at);
    next.run();
    await settled();
    return true;
  }

  /** Runs what is due until this is answered. */
  async function answered<Value>(work: Promise<Value>): Promise<Value> {
    const state = { isDone: false };
    const running = work.finally(() => {
      state.isDone = true;
    });
    // What it waits for is not due before its promises have begun.
    await settled();
    while (!state.isDone) if (!(await step())) await settled();
    return running;
  }

  /** Lets so much time pass. */
  async function pass(ms: number): Promise<void> {
    const until = now + ms;
    after(ms, () => undefined);
    while (now < until) await step();
  }

  /** So much time passes at once: what was due meanwhile is late. */
  function leap(ms: number): void {
    now += ms;
  }

  /** For whoever replays a failing seed. */
  function tell(line: string): void {
    trace.push(`${new Date(now).toISOString().slice(8, 23)} ${line}`);
  }

  return {
    random,
    after,
    wait,
    step,
    answered,
    pass,
    leap,
    tell,
    trace,
    startAt: START_AT,
    now: () => now,
  };
}

/** Promises that follow from what has run are all done before this comes round. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
