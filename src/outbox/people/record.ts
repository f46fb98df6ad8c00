// Record: what a person has become, and the messages that say so, into the tables. The caller runs it in one transaction.

import { changesBetween } from '../../person/difference.ts';
import { isLive } from '../../person/facet.ts';
import { identifiedIfDue } from '../../person/identify.ts';
import { unknownCoupons } from '../../person/looked-up.ts';
import { asMapped } from '../../person/mapping.ts';
import { messageName } from '../../person/message.ts';
import type { Message } from '../../person/message.ts';
import { trackMessage } from '../../person/messages.ts';
import type { Moment } from '../../person/moment.ts';
import type { PersonEvent } from '../../person/news.ts';
import { isOrganization } from '../../person/owner.ts';
import type { Person } from '../../person/person.ts';
import { related } from '../../person/relationship.ts';
import type { WebhookNote } from '../journal/entry.ts';
import { recordOrganization } from '../organizations/record.ts';
import type { Tables } from '../tables.ts';
import type { MessageContext, Recorded } from './recorded.ts';
import { personKey } from './table.ts';

type PersonChange = {
  readonly before: Person;
  readonly person: Person;
  readonly moments: readonly Moment[];
  /** What it came of; a link that moved comes of no webhook of theirs. */
  readonly event?: PersonEvent;
};

export function record(tables: Tables, change: PersonChange, context: MessageContext): Recorded {
  noteCoupons(tables, change, context.now);
  if (isOrganization(change.person.userId)) return recordOrganization(tables, change, context);
  const { person, messages } = messagesOf(change, context);
  const key = personKey(person.userId);
  if (JSON.stringify(person) !== JSON.stringify(change.before)) {
    tables.people.save(key, person, context.room);
  }
  if (messages.length === 0) return { outcome: 'duplicate', messages: 0 };
  const entry = { at: context.now, person: key, isRemoval: false, messages };
  tables.journal.append({ ...entry, ...noteOf(change) });
  return { outcome: 'accepted', messages: messages.length, told: messages.map(messageName) };
}

/** What a live subscription's coupons take off is asked later where its events tell no more than their ids. */
function noteCoupons({ coupons }: Tables, { before, person }: PersonChange, now: number): void {
  if (person.subscriptions === before.subscriptions) return;
  for (const facet of Object.values(person.subscriptions)) {
    if (!isLive(facet) || unknownCoupons(person, facet).length === 0) continue;
    coupons.add({ subscriptionId: facet.id, person: personKey(person.userId), nextAt: now });
  }
}

/** In the row that is written anyway. */
function noteOf({ event, before, person, moments }: PersonChange): { webhook?: WebhookNote } {
  if (event === undefined) return {};
  const { provider, id, type } = event;
  const names = moments.map(({ name }) => name);
  return {
    webhook: { provider, id, type, moments: names, changes: changesBetween(before, person) },
  };
}

/** The identify, when one is due, stands before what happened. */
function messagesOf(
  { person: after, moments }: PersonChange,
  { options, now }: MessageContext,
): { readonly person: Person; readonly messages: readonly Message[] } {
  const { person, messages: relations } = related(asMapped(after, options.mapping), options, now);
  const tracks = moments
    .map((moment) => trackMessage(person.userId, notAfter(moment, now), options))
    .filter((message) => message !== null);
  const identify = identifiedIfDue(person, options, now);
  if (identify === null) return { person, messages: [...relations, ...tracks] };
  return { person: identify.person, messages: [identify.message, ...relations, ...tracks] };
}

/** A provider's clock may be ahead of ours: nothing has happened after we were told of it. */
function notAfter(moment: Moment, now: number): Moment {
  return { ...moment, occurredAt: Math.min(moment.occurredAt, now) };
}
