// Place: whose event is it? Learns what the event says about links, then answers the person or keeps the event. The
// caller runs it in one transaction. While anything of a customer waits, what comes later queues behind it, so
// nothing overtakes.

import type { LinkClaim, PersonEvent } from '../person/news.ts';
import type { LinksStore } from './store.ts';

/** `userId`: the person the event names itself. `now` in Unix milliseconds: the time of receipt. */
export type PlaceRequest = {
  readonly customerId: string;
  readonly userId: string | null;
  readonly claims: readonly LinkClaim[];
  readonly event: PersonEvent;
  readonly now: number;
};

export type Placement =
  | { readonly kind: 'person'; readonly userId: string }
  /** Kept: it will go to the person when the link is known, or when those before it have gone. */
  | { readonly kind: 'waiting' }
  /** Nobody's yet, and it says nothing that would be worth keeping. */
  | { readonly kind: 'nothing' };

/** What a claim did: `learnt` a new link, `moved` one to another person, or nothing. */
export type Learning = 'learnt' | 'moved' | 'unchanged';

export function place(store: LinksStore, request: PlaceRequest): Placement {
  const { customerId, userId, event, now } = request;
  for (const claim of request.claims) learn(store, claim);
  const isEmpty = event.news.length === 0;
  if (store.isAnyWaiting(customerId)) {
    if (isEmpty) return { kind: 'nothing' };
    store.keep({ customerId, userId, event, at: now });
    return { kind: 'waiting' };
  }
  const person = userId ?? store.link(customerId)?.userId;
  if (person !== undefined) return { kind: 'person', userId: person };
  if (isEmpty) return { kind: 'nothing' };
  store.keep({ customerId, userId, event, at: now });
  return { kind: 'waiting' };
}

/** A claim creates a link where there is none; it moves one only if it may, and is not older than it. */
export function learn(store: LinksStore, claim: LinkClaim): Learning {
  const link = store.link(claim.customerId);
  if (link === null) {
    store.saveLink(claim);
    return 'learnt';
  }
  if (!claim.mayMove || claim.asOf < link.asOf) return 'unchanged';
  if (link.userId === claim.userId && link.asOf === claim.asOf) return 'unchanged';
  store.saveLink(claim);
  return link.userId === claim.userId ? 'unchanged' : 'moved';
}
