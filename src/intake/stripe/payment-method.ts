// Ways to pay: attached, replaced by the card network or the customer, taken away. No event says that a card
// expires, so its last day becomes a trait. https://docs.stripe.com/api/payment_methods/object

import { happened } from '../../person/moment.ts';
import type { Moment } from '../../person/moment.ts';
import type { News } from '../../person/news.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, needed, record, text } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, readingOf, unreadable } from './reading.ts';
import { reference } from './shape.ts';

const Details = v.part({ brand: text, last4: text, exp_month: count, exp_year: count });

const Method = v.object({ id: needed.text, type: needed.text, customer: reference });

/** What makes it another card, or the same one with another end. */
const IDENTITY = ['brand', 'last4', 'fingerprint', 'exp_month', 'exp_year'];

type Named = {
  readonly method: v.InferOutput<typeof Method>;
  readonly details: v.InferOutput<typeof Details>;
};

/** `payment_method_added`, until the person is known to have another. */
export function readAttached(event: StripeEvent, options: ReadOptions): Reading {
  return readMethod(event, options, 'payment_method_added');
}

/** Changed in any way: only another card is news, a corrected address or a check that was run again is not. */
export function readReplaced(event: StripeEvent, options: ReadOptions): Reading {
  const changed = v.parse(record, event.previous?.[String(event.object['type'])]);
  return readMethod(
    event,
    options,
    IDENTITY.some((key) => Object.hasOwn(changed, key)) ? 'payment_method_updated' : null,
  );
}

/** It no longer names its customer, so the event says who it was. */
export function readDetached(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(Method, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const customerId = v.parse(reference, event.previous?.['customer']) ?? parsed.output.customer;
  const news: News[] =
    customerId === null
      ? []
      : [{ kind: 'card', ...cardOf(event, parsed.output.id, customerId), isAttached: false }];
  return readingOf(event, { customerId, sources: sourcesOf(event, options), news });
}

type Name = 'payment_method_added' | 'payment_method_updated';

/** Without a name nothing is told. */
function readMethod(event: StripeEvent, options: ReadOptions, name: Name | null): Reading {
  const parsed = v.safeParse(Method, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const method = parsed.output;
  const details = v.parse(Details, event.object[method.type]);
  const { customer: customerId } = method;
  const expiresAt = expiryOf(details.exp_year, details.exp_month);
  // What does not expire counts, too: it may be what pays now, beside an old card.
  const card: News[] =
    customerId === null
      ? []
      : [{ kind: 'card', ...cardOf(event, method.id, customerId), expiresAt, isAttached: true }];
  const news: News[] =
    name === null
      ? []
      : [...card, { kind: 'moment', moment: momentOf(event, name, { method, details }) }];
  return readingOf(event, { customerId, sources: sourcesOf(event, options), news });
}

/** What a reference shows where it is expanded: a way to pay as it is. Nothing where it is an id alone. */
export function expandedCard(event: StripeEvent, value: unknown, customerId: string): News[] {
  const method = v.safeParse(Method, value);
  if (!method.success) return [];
  const { id, type } = method.output;
  const { exp_year: year, exp_month: month } = v.parse(Details, v.parse(record, value)[type]);
  const card = cardOf(event, id, customerId);
  return [{ kind: 'card', ...card, expiresAt: expiryOf(year, month), isAttached: true }];
}

function sourcesOf(event: StripeEvent, options: ReadOptions) {
  return [customerSource(event.object['customer'], options)];
}

function cardOf({ asOf }: StripeEvent, id: string, customerId: string) {
  return { id, customerId, asOf, expiresAt: null };
}

function momentOf(event: StripeEvent, name: Name, { method, details }: Named): Moment {
  const second = Math.floor(event.occurredAt / 1000);
  const told = happened('payment_method_updated', {
    key: [method.id, second],
    at: event.occurredAt,
    keyAt: second * 1000,
    properties: {
      brand: details.brand ?? method.type,
      last4: details.last4,
      expires_at: expiryOf(details.exp_year, details.exp_month),
    },
  });
  // The first one and another have one key: which it is depends on what is known when it comes.
  return { ...told, name };
}

/** Unix seconds of the first second after its last month (UTC); null for what does not expire. */
function expiryOf(year: number | null, month: number | null): number | null {
  if (!isWithin(year, 2000, 9999) || !isWithin(month, 1, 12)) return null;
  return Date.UTC(year, month, 1) / 1000;
}

function isWithin(value: number | null, min: number, max: number): value is number {
  return value !== null && Number.isInteger(value) && value >= min && value <= max;
}
