// Accept: one event into the person's row, the seen keys and the journal. The caller runs it in one transaction
// and answers 2xx after it. Rows written: 3 when the person changes, 2 for a moment alone, 1 when only a facet's
// `asOf` moves, 0 for a duplicate. One more where a purchase is over and not among the newest, or a trial is converted.

import { applyEvent } from '../../person/apply.ts';
import { hasMoved } from '../../person/customers.ts';
import { knownBy } from '../../person/known-by.ts';
import { asMapped } from '../../person/mapping.ts';
import { messageName } from '../../person/message.ts';
import { removalMessage } from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { PersonEvent } from '../../person/news.ts';
import { isOrganization } from '../../person/owner.ts';
import { newPerson } from '../../person/person.ts';
import { acceptOfOrganization } from '../organizations/accept.ts';
import { dissolve, leaveAll } from '../organizations/dissolve.ts';
import type { Tables } from '../tables.ts';
import { record } from './record.ts';
import type { Recorded } from './recorded.ts';
import { personKey } from './table.ts';
import { unseen } from './unseen.ts';

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
  if (isOrganization(userId)) return acceptOfOrganization(tables, { before, event, now }, options);
  const { person, moments } = applyEvent(before, event);
  return record(
    tables,
    { before, person, moments: unseen(tables, moments, { now, told: event.told }), event },
    { options, now },
  );
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
  if (isOrganization(userId)) return dissolve(tables, { known, now }, deletion);
  const removal = removalMessage(userId, deletion.at, deletion.options);
  const isAwaited = leaveAll(tables, known, { at: deletion.at, now });
  if (!isAwaited) tables.journal.append({ at: now, person, isRemoval: true, messages: [removal] });
  return { outcome: 'accepted', messages: 1, told: [messageName(removal)] };
}
