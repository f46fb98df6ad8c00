// The states of delivery and what each answer makes of them. One table, pure; the record holds the name and its numbers.

/**
 * `flowing`: requests may be sent. `failing`: we wait by our own backoff. `waiting`: Customer.io has asked us to slow down.
 * `paused`: somebody has to act, or another key has to come.
 */
export type StateName = 'flowing' | 'failing' | 'waiting' | 'paused';

/**
 * `set_aside`: refused, and out of the way by now. `failed`: no answer, or a 5xx. `limited`: a 429 without a time.
 * `asked`: any answer with a `Retry-After`. `new_key`: the shard begins with other credentials than were refused.
 */
export type Happening =
  | 'landed'
  | 'set_aside'
  | 'failed'
  | 'limited'
  | 'asked'
  | 'refused'
  | 'new_key';

/** What a time was given for is never forgotten for a new key: whoever names a time refuses no key. */
export const TRANSITIONS: Readonly<Record<StateName, Readonly<Record<Happening, StateName>>>> = {
  flowing: {
    landed: 'flowing',
    set_aside: 'flowing',
    failed: 'failing',
    limited: 'waiting',
    asked: 'waiting',
    refused: 'paused',
    new_key: 'flowing',
  },
  failing: {
    landed: 'flowing',
    set_aside: 'flowing',
    failed: 'failing',
    limited: 'waiting',
    asked: 'waiting',
    refused: 'paused',
    new_key: 'failing',
  },
  waiting: {
    landed: 'flowing',
    set_aside: 'flowing',
    failed: 'failing',
    limited: 'waiting',
    asked: 'waiting',
    refused: 'paused',
    new_key: 'waiting',
  },
  paused: {
    landed: 'flowing',
    set_aside: 'paused',
    failed: 'paused',
    limited: 'paused',
    asked: 'waiting',
    refused: 'paused',
    new_key: 'flowing',
  },
};

/** What an earlier release stored without a name: what waited there goes on waiting. */
export function stateOf(
  stored: StateName | undefined,
  { isPaused, attempt }: { readonly isPaused: boolean; readonly attempt: number },
): StateName {
  // An earlier release that came back for a while has changed the pause and not the name.
  if (isPaused) return 'paused';
  if (stored !== undefined && stored !== 'paused') return stored;
  return attempt > 0 ? 'waiting' : 'flowing';
}
