// Patience: an answer of another shard is waited for so long. One that never answers holds up nothing but what asked it.

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
  { after }: Pick<Platform, 'after'>,
  fallSilent: () => void = () => undefined,
): Promise<Answer> {
  let stop = (): void => undefined;
  const impatience = new Promise<never>((_, reject) => {
    stop = after(PATIENCE_MS, () => {
      fallSilent();
      reject(new UnansweredError());
    });
  });
  try {
    return await Promise.race([asked, impatience]);
  } finally {
    // No timer outlives its use: it would keep the object in memory, and on the bill.
    stop();
  }
}
