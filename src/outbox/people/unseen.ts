// Unseen: which moments were not told before. Synchronous; part of the transaction that tells them.

import type { Moment } from '../../person/moment.ts';
import { formerKeys } from '../../person/once.ts';
import type { Tables } from '../tables.ts';
import { momentKey } from './seen.ts';

/**
 * The moments that were not told before; they are remembered. One that stands alone has a row of its own. A webhook's
 * other moments stand or fall together under the key of the first: two events that tell of one change tell the same moments, and one row is enough. Moments guarded by a mark
 * have just set it.
 */
export function unseen(
  { seen }: Tables,
  moments: readonly Moment[],
  now: number,
): readonly Moment[] {
  const isNew = (moment: Moment): boolean => {
    const key = momentKey(moment.key);
    const former = formerKeys(moment.key).map(momentKey);
    if ([key, ...former].some((each) => seen.has(each, now))) return false;
    seen.remember(key, now);
    return true;
  };
  const first = moments.find((moment) => moment.once === 'seen' && moment.isAlone !== true);
  const isFirstNew = first === undefined || isNew(first);
  return moments.filter((moment) => {
    if (moment.once === 'mark') return true;
    return moment.isAlone === true ? isNew(moment) : isFirstNew;
  });
}
