// The network for tests in Node: the real one, and one whose patience ends when the test says so.

import type { Net } from '../../src/apis/exchange.ts';

export const NET: Net = {
  fetch,
  now: Date.now,
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** `endsAt`: as soon as the request is out, or as soon as the head of its answer is in; no clock is waited for. */
export function impatientNet(endsAt: 'request' | 'head' | 'never') {
  const timers: { readonly ms: number; isStopped: boolean }[] = [];
  let end = (): void => undefined;
  const net: Net = {
    now: Date.now,
    after(ms, run) {
      const timer = { ms, isStopped: false };
      timers.push(timer);
      end = run;
      return () => {
        timer.isStopped = true;
      };
    },
    async fetch(url, init) {
      const answer = fetch(url, init);
      if (endsAt === 'request') end();
      const response = await answer;
      if (endsAt === 'head') setImmediate(end);
      return response;
    },
  };
  return { net, timers };
}
