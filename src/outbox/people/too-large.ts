// Events that would make their person's row larger than a row may be: each is put aside, so that nobody is refused for ever.
// Once some of what runs has ended, it is taken as it came.

import type { PersonEvent } from '../../person/news.ts';
import type { ShardWorld } from '../capability.ts';
import type { Recorded } from './recorded.ts';
import { webhookKey } from './seen.ts';
import { personKey, PersonTooLarge } from './table.ts';

/** What is kept of the event. */
export type TooLarge = {
  readonly type: string;
  readonly userId: string;
  readonly event: PersonEvent;
};

/** What is said of it where it is parked. */
export const TOO_LARGE = {
  reason: 'person_too_large',
  detail: 'what is not over of this person is more than 512 KB',
} as const;

/** Throws whatever else the error is. The provider is answered that it is taken, and does not come again. */
export function parkTooLarge(
  { storage, platform }: Pick<ShardWorld, 'storage' | 'platform'>,
  { userId, event }: Pick<TooLarge, 'userId' | 'event'>,
  error: unknown,
): Recorded {
  if (!(error instanceof PersonTooLarge)) throw error;
  const { provider, id, type } = event;
  const at = platform.now();
  const key = webhookKey(provider, id);
  storage.takeIn(({ seen, parked }) => {
    if (seen.has(key, at)) return;
    seen.remember(key, at);
    const content: TooLarge = { type, userId, event };
    parked.add({ at, person: personKey(userId), ...TOO_LARGE, content });
  });
  const { reason } = TOO_LARGE;
  platform.log({ stage: 'outbox', decision: 'parked', reason, provider, event: id });
  return { outcome: 'accepted', messages: 0 };
}

export function isTooLarge(content: unknown): content is TooLarge {
  return (
    typeof content === 'object' &&
    content !== null &&
    'event' in content &&
    'userId' in content &&
    'type' in content &&
    !('messageId' in content)
  );
}
