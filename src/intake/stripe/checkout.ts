// Checkouts, completed or left: the one object that carries `client_reference_id`, and so often the one that tells
// who the customer is. https://docs.stripe.com/api/checkout/sessions/object

import { emailMark } from '../../person/email-mark.ts';
import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import type { News } from '../../person/news.ts';
import { firstOwner, NOBODY, ownerIn } from '../../person/owner.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { onePayment } from './one-off.ts';
import { customerSource, guestReading, readingOf, unreadable } from './reading.ts';
import type { ClaimSource } from './reading.ts';
import { reference } from './shape.ts';

const Session = v.object({
  id: needed.text,
  mode: text,
  customer: reference,
  subscription: reference,
  payment_intent: reference,
  payment_status: text,
  created: count,
  currency: text,
  amount_total: count,
  client_reference_id: text,
  customer_email: text,
  customer_details: v.part({ email: text }),
  payment_link: reference,
  metadata: record,
  after_expiration: v.part({ recovery: v.part({ url: text }) }),
});

type StripeSession = v.InferOutput<typeof Session>;

export function readCompleted(event: StripeEvent, options: ReadOptions): Reading {
  return readSession(event, options, 'checkout_completed');
}

/** Left until it expired; the recovery URL, where the account offers one, opens it again. */
export function readExpired(event: StripeEvent, options: ReadOptions): Reading {
  return readSession(event, options, 'checkout_abandoned');
}

/** A bank debit or transfer takes days: whether it has come is told by an event of its own. */
export function readDelayedPayment(event: StripeEvent, options: ReadOptions): Reading {
  const hasCome = event.type.endsWith('_succeeded');
  return readSession(
    event,
    options,
    hasCome ? 'checkout_payment_succeeded' : 'checkout_payment_failed',
  );
}

type Name =
  | 'checkout_completed'
  | 'checkout_abandoned'
  | 'checkout_payment_succeeded'
  | 'checkout_payment_failed';

function readSession(event: StripeEvent, options: ReadOptions, name: Name): Reading {
  const parsed = v.safeParse(Session, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const session = parsed.output;
  const { customer: customerId } = session;
  const fromMetadata = ownerIn(session.metadata, options);
  // Who clicked is not who pays, where the application says that an organization does.
  const told =
    fromMetadata.kind === 'organization' ? NO_REFERENCE : referenceOf(session, name, options);
  const facts = {
    customerId,
    sources: [
      customerSource(event.object['customer'], options),
      { name: 'checkout_metadata', owner: fromMetadata, mayMove: true },
      told,
    ],
    // A session that only saves a card is no purchase; the card has a moment of its own.
    news: session.mode === 'setup' ? [] : newsOf(name, session, event),
  };
  if (customerId !== null) return readingOf(event, facts);
  // Without a customer (a guest's one-off payment) only the session itself can say who it was.
  const isTyped = told.typed !== undefined;
  const owner = firstOwner([fromMetadata, isTyped ? NOBODY : told.owner]);
  const isSure = owner.kind === 'person' || owner.kind === 'organization';
  if (isSure || !isTyped) return readingOf(event, { ...facts, owner });
  return guestReading(event, session.id, facts);
}

const NO_REFERENCE: ClaimSource = { name: 'client_reference_id', owner: NOBODY, mayMove: false };

/** A buyer can edit it in a payment link's address; in any other session the application has written it. */
function referenceOf(
  session: StripeSession,
  name: Name,
  { clientReference, organizationKeys }: ReadOptions,
): ClaimSource {
  const keys = ['reference'];
  const owner = ownerIn(
    { reference: session.client_reference_id },
    { linkKeys: keys, organizationKeys: organizationKeys && keys },
  );
  const isNobodys = owner.kind === 'nobody' || owner.kind === 'external';
  if (clientReference === 'off' || isNobodys) return NO_REFERENCE;
  if (session.payment_link === null) return { ...NO_REFERENCE, owner };
  const source = { name: 'payment_link_reference', owner, mayMove: false };
  if (clientReference === 'trust') return source;
  // Anybody may leave any number of checkouts in anybody's name: it costs nothing, so it says nothing.
  if (name === 'checkout_abandoned') return NO_REFERENCE;
  const email = session.customer_details.email ?? session.customer_email;
  return { ...source, typed: { email: email === null ? null : emailMark(email) } };
}

function newsOf(name: Name, session: StripeSession, event: StripeEvent): News[] {
  const moment = momentOf(name, session, event);
  const paid = paymentIn(name, session, event);
  return [moment, ...paid].map((each) => ({ kind: 'moment', moment: each }));
}

/** What a subscription's session pays is told by its invoice. */
function paymentIn(name: Name, session: StripeSession, { occurredAt: at }: StripeEvent): Moment[] {
  const { id, mode, payment_intent: intent, payment_status: status, currency } = session;
  const minor = session.amount_total ?? 0;
  const isPaid = status === 'paid' || name === 'checkout_payment_succeeded';
  const isOver = name === 'checkout_completed' || name === 'checkout_payment_succeeded';
  if (mode !== 'payment' || !isPaid || !isOver || minor <= 0 || currency === null) return [];
  return [onePayment({ id: intent ?? id, minor, currency, at })];
}

function momentOf(name: Name, session: StripeSession, { occurredAt }: StripeEvent): Moment {
  const currency = session.currency?.toLowerCase() ?? null;
  const createdAt = session.created ?? Math.floor(occurredAt / 1000);
  return happened(name, {
    key: [session.id],
    at: occurredAt,
    keyAt: createdAt * 1000,
    subscriptionId: session.subscription,
    properties: {
      currency,
      amount: session.amount_total === null ? null : toMajor(session.amount_total, currency),
      mode: session.mode,
      ...more(name, session),
    },
  });
}

function more(name: Name, session: StripeSession) {
  if (name === 'checkout_payment_succeeded' || name === 'checkout_payment_failed') return {};
  const { payment_status, after_expiration: after } = session;
  return { payment_status, recovery_url: after.recovery.url };
}
