// How what was read of a Stripe event becomes a reading.

import type { Holding, LinkClaim, News } from '../../person/news.ts';
import { NOBODY, ownerIn, subjectIn } from '../../person/owner.ts';
import type { Owner } from '../../person/owner.ts';
import type * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { problemsOf } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { metadataOf } from './shape.ts';

/** Where an event says who its customer is. Only what a buyer cannot edit may move a link. */
export type ClaimSource = {
  readonly name: string;
  readonly owner: Owner;
  readonly mayMove: boolean;
  readonly typed?: NonNullable<LinkClaim['typed']>;
};

/** What one event says, and about whom. */
type EventFacts = {
  /** Whom the event itself names; `sources` say who its customer is. */
  readonly owner?: Owner;
  readonly customerId: string | null;
  readonly chargeId?: string | null;
  readonly sources?: readonly ClaimSource[];
  /** The subscription it is of; without `says` the event has only a copy of its metadata. */
  readonly of?: Holding | null;
  /** What the event is about is the customer: if that is an organization's, all of it is. */
  readonly isCustomers?: boolean;
  readonly news: readonly News[];
};

/** The customer's own metadata, where the customer is expanded. */
export function customerSource(value: unknown, options: ReadOptions): ClaimSource {
  const owner = ownerIn(metadataOf(value), options);
  return { name: 'customer_metadata', owner, mayMove: true };
}

/** What names nobody could never be placed. */
export function readingOf(event: StripeEvent, facts: EventFacts): Reading {
  const { owner = NOBODY, sources = [] } = facts;
  const organization = [owner, ...sources.map((source) => source.owner)].find(isOfOrganization);
  // A subscription that names a person is theirs; whose its customer is, it does not say then.
  if (organization === undefined) return eventReading(event, facts);
  if (owner.kind === 'person') return eventReading(event, { ...facts, sources: [] });
  const { organizationId, buyerId } = organization;
  if (organizationId === null) return organizationPays(event, facts);
  const theirs = sources.filter((source) => isOfOrganization(source.owner));
  const reading = eventReading(event, {
    ...facts,
    owner: isOfOrganization(owner) ? owner : NOBODY,
    sources: theirs,
  });
  return reading.kind === 'event' && buyerId !== null ? { ...reading, buyerId } : reading;
}

function isOfOrganization(owner: Owner): owner is Extract<Owner, { kind: 'organization' }> {
  return owner.kind === 'organization';
}

function eventReading(event: StripeEvent, facts: EventFacts): Reading {
  const { id, type } = event;
  const { owner = NOBODY, customerId, chargeId = null, sources = [], of = null, news } = facts;
  if (owner.kind === 'nobody' && customerId === null && chargeId === null) {
    return ignored(event, 'nobody_named');
  }
  const claims = customerId === null ? [] : claimsOf(event, customerId, sources);
  const reading = { kind: 'event', id, type, customerId, chargeId, claims, news } as const;
  return { ...reading, ...namedBy(owner), ...(of === null ? {} : { of }) };
}

function namedBy(owner: Owner) {
  if (owner.kind === 'external') return { userId: null, externalId: owner.externalId };
  const userId = subjectIn(owner);
  return userId === null ? { userId } : ({ userId, isNamed: true } as const);
}

/** Nothing of it is any subject's here. A person who had the subscription, or the customer, has it no more. */
function organizationPays(event: StripeEvent, facts: EventFacts): Reading {
  const { customerId, of = null, isCustomers = false } = facts;
  const reading = {
    kind: 'ignored',
    id: event.id,
    type: event.type,
    reason: 'organization_payer',
  } as const;
  const isTold = isCustomers || of?.says?.isOrganization === true;
  if (customerId === null || !isTold) return reading;
  return { ...reading, leaves: { customerId, asOf: event.asOf, of } };
}

/** A purchase without a customer, of which only its buyer's word says whose it is: it waits by its own id. */
export function guestReading(event: StripeEvent, guestId: string, facts: EventFacts): Reading {
  const reading = readingOf(event, { ...facts, customerId: guestId });
  return reading.kind === 'event' ? { ...reading, customerId: null, guestId } : reading;
}

function claimsOf(
  { occurredAt: asOf }: StripeEvent,
  customerId: string,
  sources: readonly ClaimSource[],
): LinkClaim[] {
  return sources.flatMap(({ name: source, owner, ...may }) => {
    const userId = subjectIn(owner);
    if (userId === null) return [];
    const isNamed = may.typed === undefined ? ({ isNamed: true } as const) : {};
    return [{ customerId, asOf, userId, source, ...may, ...isNamed }];
  });
}

/** What a subscription's own event says about whose it is. `isChange`: its metadata came or changed with the event. */
export function holdingOf(
  { type, asOf, previous }: StripeEvent,
  subscriptionId: string,
  owner: Owner,
): Holding {
  const isNew = type === 'customer.subscription.created';
  const isChange = isNew || (previous !== null && Object.hasOwn(previous, 'metadata'));
  const isOrganization = owner.kind === 'organization' && owner.organizationId === null;
  return {
    subscriptionId,
    asOf,
    says: { userId: subjectIn(owner), isOrganization, isChange },
  };
}

export function ignored({ id, type }: Pick<StripeEvent, 'id' | 'type'>, reason: string): Reading {
  return { kind: 'ignored', id, type, reason };
}

export function unreadable({ id, type }: StripeEvent, error: v.Issues): Reading {
  const problems = problemsOf(error).map((problem) => `data.object.${problem}`);
  return { kind: 'unreadable', id, type, problems };
}
