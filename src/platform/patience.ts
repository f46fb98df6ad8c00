// Patience: an answer is waited for so long. Whoever never answers holds up nothing but what asked it.

import type { Platform } from './platform.ts';

/** Far longer than a shard takes, far shorter than an alarm run. */
const PATIENCE_MS = 10_000;

export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
  override readonly message = 'a shard does not answer';
}

/** What was asked may still be done: it has to be something that may be repeated. `fallSilent` hears that no answer came. */
export async function answerOf<Answer>(
  asked: Promise<Answer>,
  world: Pick<Platform, 'after'>,
  fallSilent: () => void = () => undefined,
): Promise<Answer> {
  const heard = await within(asked, world, PATIENCE_MS);
  if (heard !== null) return heard.answer;
  fallSilent();
  throw new UnansweredError();
}

/** Null where it was not answered in so many milliseconds. */
export async function within<Answer>(
  asked: Promise<Answer>,
  { after }: Pick<Platform, 'after'>,
  ms: number,
): Promise<{ readonly answer: Answer } | null> {
  let stop = (): void => undefined;
  const patience = new Promise<null>((resolve) => {
    stop = after(ms, () => resolve(null));
  });
  try {
    return await Promise.race([asked.then((answer) => ({ answer })), patience]);
  } finally {
    // No timer outlives its use: it would keep the object in memory, and on the bill.
    stop();
  }
}
