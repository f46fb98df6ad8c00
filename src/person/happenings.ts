// What an event tells beside its facets: a moment that is whole only with what is known of the person. No I/O. No clock.

import { hasWayToPay } from './cards.ts';
import { isLive, isUnpaidCheckout } from './facet.ts';
import type { SubscriptionFacet } from './facet.ts';
import { counted, subscriptionPaidBy } from './ledger.ts';
import type { Money } from './ledger.ts';
import type { Moment } from './moment.ts';
import type { PersonEvent } from './news.ts';
import { own } from './own.ts';
import type { Person, Step } from './person.ts';

/** By whose word the event is this person's: its customer's link, or its own, which stays when the link moves. */
type Source = Pick<PersonEvent, 'customerId' | 'link'>;

/** The moment with its subscription and plan, and the person who has seen it; no moment where it did not happen. */
export function applyMoment(person: Person, moment: Moment, source: Source): Step {
  if (moment.isUnlessSubscribed && Object.keys(person.subscriptions).length > 0) {
    return { person, moments: [] };
  }
  const whole = withPlan(withSubscription(moment, person, source), person);
  const after = whole.money === undefined ? person : withMoney(person, whole.money, source);
  switch (moment.name) {
    case 'checkout_completed':
      return { person: checkedOut(after, moment.occurredAt), moments: [whole] };
    case 'checkout_abandoned':
      return { person: after, moments: abandoned(whole, after) };
    case 'trial_ending':
      return { person: after, moments: [withWayToPay(whole, after)] };
    case 'payment_method_added':
      return { person: after, moments: [hasAnother(moment, after) ? updated(whole) : whole] };
    default:
      return { person: after, moments: [whole] };
  }
}

/** What was told by name stays with the person, what came by a customer's link goes where that goes. */
export function withMoney(person: Person, money: Money, { customerId, link }: Source): Person {
  const key = link === undefined ? '' : (customerId ?? '');
  const { ledgers = {} } = person;
  const after = counted(ledgers, key, money);
  return after === ledgers ? person : { ...person, ledgers: after };
}

/**
 * The one subscription that is meant where nothing names it: the customer's live one, or where none is live, the only
 * one there was. Null where there are several: nothing is guessed.
 */
export function soleSubscription(
  person: Person,
  customerId: string | null,
  isAlsoOver: boolean,
): SubscriptionFacet | null {
  const theirs = Object.values(person.subscriptions).filter(
    (facet) => facet.customerId === customerId && !isUnpaidCheckout(facet),
  );
  const live = theirs.filter(isLive);
  const meant = live.length === 0 && isAlsoOver ? theirs : live;
  return meant.length === 1 ? (meant[0] ?? null) : null;
}

/** An invoice names its subscription, or did when it was paid; else it is the only one, unless it was no invoice at all. */
function withSubscription(moment: Moment, person: Person, { customerId }: Source): Moment {
  if (moment.refs === undefined || moment.subscriptionId !== null) return moment;
  const paid = subscriptionPaidBy(person.ledgers ?? {}, moment.refs);
  if (paid !== undefined) return { ...moment, subscriptionId: paid };
  return { ...moment, subscriptionId: soleSubscription(person, customerId, true)?.id ?? null };
}

/** An invoice knows which plan is paid for; else the subscription does. */
function withPlan(moment: Moment, person: Person): Moment {
  const facet = own(person.subscriptions, moment.subscriptionId);
  if (facet === null) return moment;
  const plan = moment.properties['plan'] ?? facet.plan;
  return { ...moment, properties: { ...moment.properties, plan } };
}

/** A subscription may have no way to pay of its own, and its customer one. */
function withWayToPay(moment: Moment, person: Person): Moment {
  const customerId = own(person.subscriptions, moment.subscriptionId)?.customerId ?? null;
  const isOpen = moment.properties['will_convert'] === null;
  if (!isOpen || customerId === null || !hasWayToPay(person, customerId)) return moment;
  return { ...moment, properties: { ...moment.properties, will_convert: true } };
}

function checkedOut(person: Person, at: number): Person {
  return at > (person.checkedOutAt ?? 0) ? { ...person, checkedOutAt: at } : person;
}

/** Who has bought since the session began has not left; `keyAt` is when it began. */
function abandoned(moment: Moment, person: Person): Moment[] {
  if ((person.checkedOutAt ?? 0) > moment.keyAt) return [];
  const hasSubscription = Object.values(person.subscriptions).some(isLive);
  return [{ ...moment, properties: { ...moment.properties, has_subscription: hasSubscription } }];
}

/** Of the key the second part is the way to pay. */
function hasAnother({ key }: Moment, person: Person): boolean {
  return Object.keys(person.cards).some((id) => id !== key[1]);
}

function updated(moment: Moment): Moment {
  return { ...moment, name: 'payment_method_updated' };
}
