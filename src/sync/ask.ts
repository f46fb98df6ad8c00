// Asking a provider: paced, and its answer as a job takes it. No answer throws.

import type { JsonAnswer } from '../apis/ask-json.ts';
import type { Net } from '../apis/exchange.ts';
import type { JobWorld, PageResult } from './kind.ts';

/**
 * Requests a second that one provider's lists are asked. Clerk's development instances take 10, of which the application has
 * its share; Stripe takes 25 at each endpoint. https://docs.stripe.com/rate-limits
 */
const PER_SECOND = 20;
const PER_SECOND_IN_TESTS = 5;

/** The network, so slow that `provider` takes it. `key`: keys of tests are for smaller limits. */
export function pacedNet(
  { now, wait, after, fetch, pace }: JobWorld,
  { provider, key }: { readonly provider: string; readonly key: string },
): Net {
  const everyMs = 1000 / (/_test_/.test(key) ? PER_SECOND_IN_TESTS : PER_SECOND);
  return {
    now,
    after,
    fetch: async (url, init) => {
      const at = Math.max(now(), Math.min(pace.get(provider) ?? 0, now() + everyMs));
      pace.set(provider, at + everyMs);
      if (at > now()) await wait(at - now());
      return fetch(url, init);
    },
  };
}

type Unanswered = Exclude<PageResult, { kind: 'page' }>;

/** What a page that was not answered means for the job. */
export function unanswered(
  provider: string,
  answer: Exclude<JsonAnswer<unknown>, { kind: 'ok' }>,
): Unanswered {
  switch (answer.kind) {
    case 'retry':
      return answer;
    case 'unreadable':
      return { kind: 'retry', reason: `answer_${answer.reason}`, retryAfterMs: null };
    case 'refused':
      return { kind: 'pause', problem: `${provider}_refused` };
    case 'rejected':
      return { kind: 'fail', problem: `${provider}_rejected` };
  }
}
