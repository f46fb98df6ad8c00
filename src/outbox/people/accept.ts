// Accept: one event into the person's row, the seen keys and the journal. The caller runs it in one transaction
// and answers 2xx after it. Rows written: 3 when the person changes, 2 for a moment alone, 1 when only a facet's
// `asOf` moves, 0 for a duplicate. One more where a purchase is over and not among the newest.

import { applyEvent } from '../../person/apply.ts';
import { hasMoved } from '../../person/customers.ts';
import { knownBy } from '../../person/known-by.ts';
import { asMapped } from '../../person/mapping.ts';
import { messageName } from '../../person/message.ts';
import { removalMessage } from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { Moment } from '../../person/moment.ts';
import type { PersonEvent } from '../../person/news.ts';
import { formerKeys } from '../../person/once.ts';
import { newPerson } from '../../person/person.ts';
import type { Tables } from '../tables.ts';
import { record } from './record.ts';
import type { Recorded } from './record.ts';
import { momentKey } from './seen.ts';
import type { MomentKey } from './seen.ts';
import { personKey } from './table.ts';

/** `now` is Unix milliseconds: the time of receipt. */
type AcceptRequest = {
  readonly userId: string;
  readonly event: PersonEvent;
  readonly now: number;
};

export function accept(tables: Tables, request: AcceptRequest, options: MessageOptions): Recorded {
  const { userId, event, now } = request;
  const known = tables.people.findFor(personKey(userId), event);
  if (known === null) return { outcome: 'erased', messages: 0 };
  const deletion = event.news.find((news) => news.kind === 'deleted');
  if (deletion !== undefined) return erase(tables, request, { options, at: deletion.occurredAt });
  // Under the names of today, so that another name of a plan is not taken for another plan.
  const before = asMapped(known ?? newPerson(userId), options.mapping);
  if (hasMoved(before, event)) return { outcome: 'moved', messages: 0 };
  const { person, moments } = applyEvent(before, event);
  return record(
    tables,
    { before, person, moments: unseen(tables, moments, { now, told: event.told }), event },
    { options, now },
  );
}

/** The keys under which it would be remembered what accepting this would tell, and the older names of them. */
export function untold(
  tables: Tables,
  { userId, event, now }: AcceptRequest,
  { mapping }: MessageOptions,
): readonly MomentKey[] {
  const known = tables.people.findFor(personKey(userId), event);
  if (known === null) return [];
  const before = asMapped(known ?? newPerson(userId), mapping);
  if (hasMoved(before, event)) return [];
  return applyEvent(before, event)
    .moments.filter(({ once }) => once === 'seen')
    .flatMap(keysOf)
    .filter((key) => !tables.seen.has(momentKey(key), now));
}

function keysOf({ key }: Moment): readonly MomentKey[] {
  return [key, ...formerKeys(key)];
}

/** By hand, by the same path as the provider's own deletion. `erased`: they were deleted before. */
export function deleteByHand(
  tables: Tables,
  { userId, now }: Omit<AcceptRequest, 'event'>,
  options: MessageOptions,
): 'deleted' | 'erased' {
  if (tables.people.isErased(personKey(userId))) return 'erased';
  erase(tables, { userId, now }, { options, at: now });
  return 'deleted';
}

/** The tombstone comes first: from here on nothing but the removal is sent. */
function erase(
  tables: Tables,
  { userId, now }: Omit<AcceptRequest, 'event'>,
  deletion: { readonly options: MessageOptions; readonly at: number },
): Recorded {
  const person = personKey(userId);
  const known = tables.people.whole(person) ?? newPerson(userId);
  tables.forget({ person, userId, at: now, knownBy: knownBy(known) });
  const removal = removalMessage(userId, deletion.at, deletion.options);
  tables.journal.append({ at: now, person, isRemoval: true, messages: [removal] });
  return { outcome: 'accepted', messages: 1, told: [messageName(removal)] };
}

/**
 * The moments that were not told before; they are remembered. One that stands alone has a row of its own. A webhook's
 * other moments stand or fall together under the key of the first: two events that tell of one change tell the same moments, and one row is enough. Moments guarded by a mark
 * have just set it.
 */
export function unseen(
  { seen }: Tables,
  moments: readonly Moment[],
  { now, told = [] }: { readonly now: number; readonly told?: readonly string[] | undefined },
): readonly Moment[] {
  const isNew = (moment: Moment): boolean => {
    const [key, ...former] = keysOf(moment).map(momentKey);
    if (key === undefined) return false;
    if ([key, ...former].some((each) => told.includes(each.hex) || seen.has(each, now))) {
      return false;
    }
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
