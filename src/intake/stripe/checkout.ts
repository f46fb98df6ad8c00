// Checkouts, completed or left: the one object that carries `client_reference_id`, and so often the one that tells
// who the customer is. https://docs.stripe.com/api/checkout/sessions/object

import * as z from 'zod';

import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import { toMajor } from '../../person/money.ts';
import { firstOwner, NOBODY, ownerIn } from '../../person/owner.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, readingOf, unreadable } from './reading.ts';
import { reference } from './shape.ts';

const NO_RECOVERY = { recovery: { url: null } };

const Session = z.object({
  id: needed.text,
  mode: text,
  customer: reference,
  subscription: reference,
  created: count,
  currency: text,
  amount_total: count,
  client_reference_id: text,
  metadata: record,
  after_expiration: z
    .object({ recovery: z.object({ url: text }).catch(NO_RECOVERY.recovery) })
    .catch(NO_RECOVERY),
});

type StripeSession = z.infer<typeof Session>;

export function readCompleted(event: StripeEvent, options: ReadOptions): Reading {
  return readSession(event, options, 'checkout_completed');
}

/** Left until it expired; the recovery URL, where the account offers one, opens it again. */
export function readExpired(event: StripeEvent, options: ReadOptions): Reading {
  return readSession(event, options, 'checkout_abandoned');
}

type Name = 'checkout_completed' | 'checkout_abandoned';

function readSession(event: StripeEvent, options: ReadOptions, name: Name): Reading {
  const parsed = Session.safeParse(event.object);
  if (!parsed.success) return unreadable(event, parsed.error);
  const session = parsed.data;
  const { customer: customerId } = session;
  const fromMetadata = ownerIn(session.metadata, options.linkKeys);
  // Who clicked is not who pays, where the application says that an organization does.
  const fromReference =
    fromMetadata.kind === 'organization'
      ? NOBODY
      : ownerIn({ reference: session.client_reference_id }, ['reference']);
  return readingOf(event, {
    // Without a customer (a guest's one-off payment) only the session itself can say who it was.
    owner: customerId === null ? firstOwner([fromMetadata, fromReference]) : NOBODY,
    customerId,
    sources: [
      customerSource(event.object['customer'], options),
      { name: 'checkout_metadata', owner: fromMetadata, mayMove: true },
      // A buyer can edit it in a payment link's address.
      { name: 'client_reference_id', owner: fromReference, mayMove: false },
    ],
    // A session that only saves a card is no purchase; the card has a moment of its own.
    news:
      session.mode === 'setup' ? [] : [{ kind: 'moment', moment: momentOf(name, session, event) }],
  });
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
      recovery_url: session.after_expiration.recovery.url,
    },
  });
}
