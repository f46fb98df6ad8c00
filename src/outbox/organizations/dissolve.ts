// Dissolve: an organization is deleted, or a person who is in some. The tombstone stands already.

import { GONE_VERSION, momentFor, toldMember } from '../../person/membership.ts';
import { removalMessage } from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { happened } from '../../person/moment.ts';
import type { News } from '../../person/news.ts';
import { stateOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { Arrival } from '../people/arrival.ts';
import type { MessageContext, Recorded } from '../people/recorded.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { OBJECT_DELETION, objectDeletion } from './objects.ts';
import { heirs, recipientsOf } from './tell.ts';

/** `at`: when it was deleted, `now`: when we were told. Unix milliseconds. */
type Deletion = { readonly options: MessageOptions; readonly at: number };

/** Whoever hears of what happens to it hears of it; all are in it no more. Stripe says itself when a subscription ends. */
export function dissolve(
  tables: Tables,
  { known, now }: { readonly known: Person; readonly now: number },
  { options, at }: Deletion,
): Recorded {
  const { userId: id } = known;
  const org = personKey(id);
  const state = { ...stateOf(known), version: GONE_VERSION };
  const name = state.facet?.name ?? null;
  const moment = happened('organization_deleted', { key: [id], at });
  const roles = heirs(tables, id, options);
  const hear = recipientsOf(tables, { id, state }, { moment, customerId: null, roles });
  for (const { userId, role, isIn } of hear) {
    const moments = [momentFor(userId, moment, { id, name, role })];
    const news = toldMember({ id, state }, isIn ? null : undefined, moments);
    tables.notices.add({ org, userId, at: now, news });
  }
  tables.fanOuts.start(id, GONE_VERSION);
  const hasObject = (options.organizations?.objectType ?? null) !== null;
  const told = [
    ...hear.slice(0, 1).map(() => moment.name),
    ...(hasObject ? [OBJECT_DELETION] : []),
  ];
  return { outcome: 'accepted', messages: 1, told };
}

/** Its object goes once all members know: what is still to relate them to it would make it anew. */
export function removeObject(
  { journal }: Pick<Tables, 'journal'>,
  id: string,
  { options, now }: MessageContext,
): void {
  const type = options.organizations?.objectType ?? null;
  if (type === null) return;
  const messages = [objectDeletion(id, type, now)];
  journal.append({ at: now, person: personKey(id), isRemoval: true, messages });
}

/**
 * A person is deleted: their organizations hear of it, and forget them. True where there are any: the removal waits for
 * their word that nothing goes through the person any more, or Customer.io would bring them back.
 */
export function leaveAll(
  { notices }: Tables,
  { userId, memberships = {} }: Person,
  { at, now }: { readonly at: number; readonly now: number },
): boolean {
  const ids = Object.keys(memberships);
  for (const id of ids) {
    notices.add({ org: personKey(id), userId: id, at: now, news: goneNews(userId, now) });
  }
  if (ids.length === 0) return false;
  const news: News = { kind: 'deleted', occurredAt: at };
  notices.add({ org: personKey(userId), userId, at: now, news });
  return true;
}

/** The removal that has waited for the notices before it. Nothing where the notice is another one. */
export function removeAwaited(
  { journal }: Pick<Tables, 'journal'>,
  { userId, event }: Arrival,
  { options, now }: MessageContext,
): void {
  for (const news of event.news) {
    if (news.kind !== 'deleted') continue;
    const messages = [removalMessage(userId, news.occurredAt, options)];
    journal.append({ at: now, person: personKey(userId), isRemoval: true, messages });
  }
}

/** It is for the person's own shard, and says that those before it were taken. */
export function isAwaited({ event }: Arrival): boolean {
  return event.news.some(({ kind }) => kind === 'deleted');
}

export function goneNews(userId: string, asOf: number): News {
  const nothing = { membershipId: '', role: null, joinedAt: null };
  return { kind: 'member', userId, change: 'gone', ...nothing, asOf };
}
