// Shared: a question that many ask at once is asked once, and its answer serves for a while.

import { within } from '../platform/patience.ts';
import type { Platform } from '../platform/platform.ts';

type Sharing = Pick<Platform, 'now' | 'after'> & {
  /** How long an answer serves. */
  readonly keptMs: number;
  /** How long anybody waits for what another request has asked: that one may be gone, and its question with it. */
  readonly patienceMs: number;
};

export function shared<Asked, Answer>(
  ask: (asked: Asked) => Promise<Answer>,
  { now, after, keptMs, patienceMs }: Sharing,
): (asked: Asked) => Promise<Answer> {
  let last: { readonly at: number; readonly answer: Answer } | null = null;
  let asking: Promise<Answer> | null = null;

  async function begin(asked: Asked): Promise<Answer> {
    const mine = ask(asked);
    asking = mine;
    try {
      const answer = await mine;
      last = { at: now(), answer };
      return answer;
    } finally {
      if (asking === mine) asking = null;
    }
  }

  async function answerFor(asked: Asked): Promise<Answer> {
    if (last !== null && now() - last.at < keptMs) return last.answer;
    const theirs = asking;
    if (theirs === null) return begin(asked);
    const heard = await within(theirs, { after }, patienceMs);
    if (heard !== null) return heard.answer;
    // Of all who have waited, the first asks anew.
    if (asking === theirs) asking = null;
    return answerFor(asked);
  }

  return answerFor;
}
