// A payload of whatever origin as the event it would come in: webhooks' bodies as they are, and bare objects of
// Stripe's API inside the event that mostly carries them.

export type AsEvent = {
  readonly provider: 'clerk' | 'stripe';
  readonly json: unknown;
  readonly readAs: string | null;
};

type Json = Readonly<Record<string, unknown>>;

/** The event an object of Stripe is read as; an object without a row is read as its own `updated`. */
const CARRIERS: Readonly<Record<string, string>> = {
  subscription: 'customer.subscription.updated',
  invoice: 'invoice.paid',
  charge: 'charge.refunded',
  dispute: 'charge.dispute.created',
  'checkout.session': 'checkout.session.completed',
  payment_method: 'payment_method.attached',
  customer: 'customer.updated',
};

/** Null when it is neither. */
export function asEvent(json: unknown): AsEvent | null {
  if (!isObject(json)) return null;
  if (typeof json['type'] === 'string' && isEnvelope(json)) {
    return { provider: isClerk(json) ? 'clerk' : 'stripe', json, readAs: null };
  }
  const kind = json['object'];
  if (typeof kind !== 'string' || kind === 'event') return null;
  const type = Object.hasOwn(CARRIERS, kind) ? (CARRIERS[kind] ?? '') : `${kind}.updated`;
  return { provider: 'stripe', json: wrapped(json, type), readAs: type };
}

/** Thin events carry no data, and examples leave the word `event` out. */
function isEnvelope({ object, data }: Json): boolean {
  return object === 'event' || object === 'v2.core.event' || isObject(data);
}

/** Clerk's `data.object` is a word, or missing; Stripe's is the object. */
function isClerk({ object, data, id }: Json): boolean {
  if (object === 'v2.core.event' || String(id).startsWith('evt_')) return false;
  return isObject(data) && !isObject(data['object']);
}

function wrapped(object: Json, type: string): Json {
  const created = typeof object['created'] === 'number' ? object['created'] : 0;
  return { id: 'evt_explained', object: 'event', type, created, livemode: false, data: { object } };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
