// A payload that came without a signature, as the body of Stripe's webhook it is: an event as it is, a bare object of
// the API inside the event that mostly carries it. And what a list has shown: an event as it is, an object as it was the
// second before it was asked, so that a webhook of the same second wins. No I/O. No clock.

import { isObject } from '../../platform/json.ts';
import type { Pulled, Recognized } from '../provider.ts';

type Json = Readonly<Record<string, unknown>>;

/** The event an object of Stripe is read as; an object without a row is read as its own `updated`. */
const CARRIERS: Readonly<Record<string, string>> = {
  subscription: 'customer.subscription.updated',
  invoice: 'invoice.paid',
  dispute: 'charge.dispute.created',
  'checkout.session': 'checkout.session.completed',
  payment_intent: 'payment_intent.succeeded',
  refund: 'refund.updated',
  payment_method: 'payment_method.attached',
  customer: 'customer.updated',
};

export function recognizeStripe(json: unknown): Recognized | null {
  if (!isObject(json)) return null;
  if (isEvent(json)) return { json, readAs: null };
  const kind = json['object'];
  if (typeof kind !== 'string' || kind === 'event') return null;
  const type = carrierOf(kind, json);
  return { json: wrapped(json, type), readAs: type };
}

/** A charge is told when it is made, and once more when it is refunded. */
function carrierOf(kind: string, object: Json): string {
  if (kind === 'charge') {
    return object['amount_refunded'] === 0 ? 'charge.succeeded' : 'charge.refunded';
  }
  return Object.hasOwn(CARRIERS, kind) ? (CARRIERS[kind] ?? '') : `${kind}.updated`;
}

/** An event has an id, and the object in `data.object`. Thin events carry no data, and some examples no `object`. */
function isEvent({ type, object, id, data }: Json): boolean {
  if (typeof type !== 'string') return false;
  if (object === 'v2.core.event') return true;
  if (object !== 'event' && !isObject(data)) return false;
  return typeof id === 'string' || (isObject(data) && isObject(data['object']));
}

function wrapped(object: Json, type: string): Json {
  const created = typeof object['created'] === 'number' ? object['created'] : 0;
  return { id: 'evt_explained', object: 'event', type, created, livemode: false, data: { object } };
}

/** `subscription.snapshot` is no type of Stripe's: only what was pulled is read by it. */
export function snapshotStripe({ object, askedAt }: Pulled): Json {
  if (object['object'] === 'event') return object;
  return {
    id: `snapshot_${String(object['id'])}`,
    object: 'event',
    type: `${String(object['object'])}.snapshot`,
    created: Math.floor(askedAt / 1000) - 1,
    livemode: object['livemode'] === true,
    data: { object },
  };
}
