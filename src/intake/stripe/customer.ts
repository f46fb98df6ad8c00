// Stripe's customer: nothing happens by its events, but its metadata may say which person it is, it says what pays
// where a subscription does not, and it may be deleted. https://docs.stripe.com/api/customers/object

import type { News } from '../../person/news.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { needed, record } from '../shape.ts';
import type { StripeEvent } from './envelope.ts';
import { customerSource, readingOf, unreadable } from './reading.ts';
import { reference } from './shape.ts';

const Customer = v.object({
  id: needed.text,
  invoice_settings: v.part({ default_payment_method: reference }),
});

export function readCustomer(event: StripeEvent, options: ReadOptions): Reading {
  const parsed = v.safeParse(Customer, event.object);
  if (!parsed.success) return unreadable(event, parsed.issues);
  const { id: customerId, invoice_settings: settings } = parsed.output;
  const sources = [customerSource(event.object, options)];
  const news = defaultIn(event, customerId, settings.default_payment_method);
  return readingOf(event, { customerId, sources, isCustomers: true, news });
}

/** The ends of its subscriptions are events of their own, before this one and after it. */
export function readDeletedCustomer(event: StripeEvent, options: ReadOptions): Reading {
  const reading = readCustomer(event, options);
  return reading.kind === 'event' ? { ...reading, news: [], isGone: true } : reading;
}

/** No news where there is none and was none: else every customer without a person would wait for one. */
function defaultIn({ asOf, previous }: StripeEvent, customerId: string, id: string | null): News[] {
  const wasThere = Object.hasOwn(
    v.parse(record, previous?.['invoice_settings']),
    'default_payment_method',
  );
  return id === null && !wasThere ? [] : [{ kind: 'default_method', customerId, asOf, id }];
}
