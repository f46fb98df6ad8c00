// A question that many ask at once: asked once, kept for a while, and nobody waits for ever for whoever asked.

import { expect, it } from 'vitest';

import { shared } from '../../src/watch/shared.ts';

function world(ask: (times: number) => Promise<string>) {
  const state = { asked: 0, now: 0, timers: [] as (() => void)[] };
  const question = shared(
    () => {
      state.asked += 1;
      return ask(state.asked);
    },
    {
      now: () => state.now,
      keptMs: 5000,
      patienceMs: 10_000,
      after(_, run) {
        state.timers.push(run);
        return () => {
          state.timers = state.timers.filter((each) => each !== run);
        };
      },
    },
  );
  return { state, question };
}

it('costs what one costs, 200 times in parallel, and leaves no timer', async () => {
  const { state, question } = world(async () => 'well');
  const answers = await Promise.all(Array.from({ length: 200 }, () => question(null)));
  expect(new Set(answers)).toEqual(new Set(['well']));
  expect(state).toMatchObject({ asked: 1, timers: [] });
  state.now = 4999;
  await question(null);
  expect(state.asked).toBe(1);
  state.now = 5000;
  await question(null);
  expect(state.asked).toBe(2);
});

it('asks once more, once for all, when whoever asked is gone', async () => {
  const { state, question } = world((times) =>
    times === 1 ? new Promise<string>(() => undefined) : Promise.resolve('well'),
  );
  void question(null);
  const waiting = Array.from({ length: 20 }, () => question(null));
  for (const giveUp of state.timers) giveUp();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['well']));
  expect(state.asked).toBe(2);
});

it('keeps no failure', async () => {
  const { question } = world(async (times) => {
    if (times === 1) throw new Error('nobody there');
    return 'well';
  });
  await expect(question(null)).rejects.toThrow('nobody there');
  expect(await question(null)).toBe('well');
});
