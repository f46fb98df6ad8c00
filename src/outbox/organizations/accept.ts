// Accept of an organization: one event into its row, its members and the notices that tell them. The same as a person's
// (people/accept.ts), but for whom it is told.

import { applyEvent } from '../../person/apply.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { happened } from '../../person/moment.ts';
import type { News, PersonEvent } from '../../person/news.ts';
import { namedIn, withBuyer, withoutPerson } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { Recorded } from '../people/recorded.ts';
import { momentKey } from '../people/seen.ts';
import { personKey } from '../people/table.ts';
import { unseen } from '../people/unseen.ts';
import type { Tables } from '../tables.ts';
import { memberAsides } from './join.ts';
import { recordOrganization } from './record.ts';
import type { Aside } from './tell.ts';

type OrganizationEvent = {
  readonly before: Person;
  readonly event: PersonEvent;
  readonly now: number;
};

export function acceptOfOrganization(
  tables: Tables,
  { before, event: told, now }: OrganizationEvent,
  options: MessageOptions,
): Recorded {
  // Turned off since: it is known and told to nobody, as if it were of the time before.
  const event = options.organizations === undefined ? { ...told, isSilent: true as const } : told;
  const step = applyEvent(before, event);
  const person = withoutGone(tables, withBuyerOf(step.person, event));
  const isSilent = event.isSilent === true;
  const isListed = event.isListed === true;
  const asides = event.news.flatMap((news) => asidesOf(tables, person, { news, isListed }));
  const change = {
    before,
    person,
    moments: unseen(tables, step.moments, { now, told: event.told }),
    asides: asides.map((aside) =>
      isSilent ? { ...aside, moments: [] } : untold(tables, aside, now),
    ),
    customerId: event.customerId,
    isSilent,
    isListed,
  };
  return recordOrganization(tables, change, { options, now });
}

function withBuyerOf(person: Person, event: PersonEvent): Person {
  const { buyerId } = event;
  return buyerId === undefined ? person : withBuyer(person, namesIn(event), buyerId);
}

/** Clerk's and Stripe's objects go on naming whom we know to be deleted. */
function withoutGone({ members }: Tables, person: Person): Person {
  const org = personKey(person.userId);
  const gone = [...namedIn(person)].filter((userId) => members.isGone(org, userId));
  return gone.reduce((rest, userId) => withoutPerson(rest, { userId }), person);
}

/** Subscriptions and customers it is of. */
function namesIn({ customerId, of, news }: PersonEvent): string[] {
  const subscriptions = news.flatMap((each) =>
    each.kind === 'subscription' ? [each.facet.id] : [],
  );
  const names = [customerId, of?.subscriptionId ?? null, ...subscriptions];
  return [...new Set(names.filter((name) => name !== null))];
}

/** A replay tells them nothing. Not under the moment's own key: the person may live in this shard, too. */
function untold({ seen }: Tables, aside: Aside, now: number): Aside {
  const moments = aside.moments.filter((moment) => {
    const key = momentKey(['aside', ...moment.key]);
    if (seen.has(key, now)) return false;
    seen.remember(key, now);
    return true;
  });
  return { ...aside, moments };
}

function asidesOf(
  tables: Tables,
  person: Person,
  { news, isListed }: { readonly news: News; readonly isListed: boolean },
): Aside[] {
  if (news.kind === 'organization') return madeBy(person, news);
  return news.kind === 'member' ? memberAsides(tables, person, { news, isListed }) : [];
}

/** One that was made in Clerk's dashboard names no maker. */
function madeBy(person: Person, news: Extract<News, { kind: 'organization' }>): Aside[] {
  const { facet, created, createdAt: at } = news;
  if (!created || facet.createdBy === null) return [];
  const { userId: id } = person;
  const properties = { organization_id: id, organization_name: facet.name, role: null };
  const moment = happened('organization_created', { key: [id], at, properties });
  return [{ userId: facet.createdBy, member: undefined, moments: [moment] }];
}
