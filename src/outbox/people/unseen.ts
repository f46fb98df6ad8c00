// Unseen: which moments were not told before. Synchronous; part of the transaction that tells them.

import type { Moment } from '../../person/moment.ts';
import { formerKeys } from '../../person/once.ts';
import type { Tables } from '../tables.ts';
import { momentKey } from './seen.ts';
import type { MomentKey } from './seen.ts';

/**
 * The moments that were not told before; they are remembered. One that stands alone, or has set a mark, has a row of its own. A webhook's
 * other moments stand or fall together under the key of the first: two events that tell of one change tell the same moments, and one row is enough.
 * `told`: keys of what was told elsewhere.
 */
export function unseen(
  { seen }: Tables,
  moments: readonly Moment[],
  { now, told = [] }: { readonly now: number; readonly told?: readonly string[] | undefined },
): readonly Moment[] {
  const isNew = (moment: Moment): boolean => {
    const keys = keysOf(moment).map(momentKey);
    if (keys.some((key) => told.includes(key.hex) || seen.has(key, now))) return false;
    seen.remember(momentKey(moment.key), now);
    return true;
  };
  const first = moments.find((moment) => !standsAlone(moment));
  const isFirstNew = first === undefined || isNew(first);
  return moments.filter((moment) => (standsAlone(moment) ? isNew(moment) : isFirstNew));
}

function standsAlone({ once, isAlone }: Moment): boolean {
  return once === 'mark' || isAlone === true;
}

/** Its key, and those that older releases had for it. */
export function keysOf({ key }: Moment): readonly MomentKey[] {
  return [key, ...formerKeys(key)];
}
