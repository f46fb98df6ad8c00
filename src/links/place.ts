// Place: whose event is it? Learns what the event says about links, then answers the person or keeps the event. The
// caller runs it in one transaction. While anything of a customer waits, what comes later queues behind it, so
// nothing overtakes; a queue is empty only after the outbox has its last event.

import type { LinkClaim, PersonEvent } from '../person/news.ts';
import { meant } from './meant.ts';
import { whyWaiting } from './tables/hints.ts';
import type { LinksTables } from './tables/tables.ts';
import { isMoving, whose } from './whose.ts';
import type { Belonging } from './whose.ts';

/** `userId`: whom the event names itself, by their id or by a name of before. `now` in Unix milliseconds: the time of receipt. */
export type PlaceRequest = {
  readonly customerId: string;
  readonly userId: string | null;
  readonly claims: readonly LinkClaim[];
  readonly event: PersonEvent;
  readonly now: number;
  /** It was pulled, and will be again: where its person is not known it is not kept. */
  readonly neverWaits?: true;
};

export type Placement =
  /** By what, as the event will carry it. */
  | Extract<Belonging, { kind: 'person' }>
  /** Kept: it will go to the person when the link is known, or when those before it have gone. */
  | { readonly kind: 'waiting' }
  /** Its customer has no person yet, and it says nothing that would be worth keeping. */
  | { readonly kind: 'nothing' }
  /** Its person is deleted, or it is no person's. */
  | { readonly kind: 'erased' };

/** A look-up is worth its request only if the event that brings the link does not come by itself. */
const FIRST_LOOK_UP_AFTER_MS = 5000;

/** Its claims are learnt already. */
export function place(tables: LinksTables, request: Omit<PlaceRequest, 'claims'>): Placement {
  const { customerId, event, neverWaits = false } = request;
  // What waits was before it, and brings its own before: nothing is overtaken by what only says how things are.
  const placed =
    neverWaits || !tables.waiting.isAny(customerId) ? placeAtOnce(tables, request) : null;
  if (placed !== null) return placed;
  // What is almost an id waits alone, too: the operator can put it right.
  const isToShow = event.isGone !== undefined || event.almost !== undefined;
  const isEmpty = event.news.length === 0 && !isToShow;
  if (isEmpty || neverWaits) return { kind: 'nothing' };
  keepNamed(tables, request);
  return { kind: 'waiting' };
}

/** Null: it has to wait. */
function placeAtOnce(
  tables: LinksTables,
  { customerId, userId, event }: Omit<PlaceRequest, 'claims'>,
): Placement | null {
  const belonging = whose(tables, { customerId, userId, event });
  if (belonging.kind === 'nobody') return { kind: 'erased' };
  // That its customer is deleted is noted: it waits behind others, and alone for nobody.
  if (belonging.kind === 'unknown') return event.isGone === true ? { kind: 'nothing' } : null;
  return isMoving(tables, customerId, belonging) ? null : belonging;
}

/** An event that names nobody we know waits for whoever is known by that name. */
function keepNamed(tables: LinksTables, request: Omit<PlaceRequest, 'claims'>): void {
  const { customerId, userId, event, now } = request;
  const known = meant(tables, userId);
  const isUnnamed = userId !== null && known === null;
  const kept = isUnnamed ? { ...event, named: userId } : event;
  keep(tables, { key: customerId, userId: known, event: kept, now });
}

export type ChargePlacement =
  | { readonly kind: 'customer'; readonly customerId: string }
  | { readonly kind: 'waiting' };

/** An event that names only its charge: its customer if a look-up has told it already, else it waits. */
export function placeCharge(
  tables: LinksTables,
  request: { readonly chargeId: string; readonly event: PersonEvent; readonly now: number },
): ChargePlacement {
  const { chargeId, event, now } = request;
  const customerId = tables.charges.customerOf(chargeId);
  if (customerId !== null && !tables.waiting.isAny(chargeId)) {
    return { kind: 'customer', customerId };
  }
  keep(tables, { key: chargeId, userId: null, event, now });
  return { kind: 'waiting' };
}

function keep(
  { waiting, queues, hints }: LinksTables,
  about: {
    readonly key: string;
    readonly userId: string | null;
    readonly event: PersonEvent;
    readonly now: number;
  },
): void {
  const { key, userId, event, now } = about;
  waiting.keep({ key, userId, event, at: now });
  if (queues.find(key) !== null) return;
  const hint = hints.find(key);
  // Whether a hint is to be believed is asked of our own shards first.
  const nextAt = hint === null ? now + FIRST_LOOK_UP_AFTER_MS : now;
  queues.save({ key, nextAt, attempt: 0, why: whyWaiting(hint, 'not_looked_up') });
}
