// Mistakes in a payload do not compile. Nothing here runs: tsc reads every line under a `@ts-expect-error`, and fails
// by that line where it finds nothing wrong with it.

import { clerkItem, clerkPayment, clerkSubscription } from '../../src/samples/clerk-billing.ts';
import { clerkMembership, clerkSession } from '../../src/samples/clerk-organization.ts';
import { clerkUser } from '../../src/samples/clerk.ts';
import { charge, dispute, paymentMethod } from '../../src/samples/stripe-money.ts';
import {
  checkoutSession,
  customer,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';
import { odd } from '../support/odd.ts';

// A value of another type.

// @ts-expect-error -- text, not a number
subscription({ status: 12 });
// @ts-expect-error -- a number, not text
invoice({ amount_paid: '4900' });
// @ts-expect-error -- never null on the wire
customer({ id: null });
// @ts-expect-error -- true or false
charge({ refunded: 1 });
// @ts-expect-error -- Unix seconds, not a date
checkoutSession({ created: new Date(0) });
// @ts-expect-error -- decimals are text
price({ unit_amount_decimal: 4900 });
// @ts-expect-error -- text, not a number
clerkUser({ first_name: 5 });
// @ts-expect-error -- none of the package's
clerkItem({ status: 'activ' });
// @ts-expect-error -- Unix milliseconds, not text
clerkSession({ created_at: '2025-11-24' });
// @ts-expect-error -- none of the package's
clerkPayment({ status: 'succeeded' });

// A value of another type, inside.

// @ts-expect-error -- an item is no price
subscription({ items: { data: [price()] } });
// @ts-expect-error -- a year is a number
paymentMethod({ card: { exp_year: '2026' } });
// @ts-expect-error -- metadata is text
dispute({ metadata: { order: 17 } });
// @ts-expect-error -- a user id is text
clerkMembership({ public_user_data: { user_id: 7 } });

// A field that is misspelt.

// @ts-expect-error -- status
subscription({ statsu: 'active' });
// @ts-expect-error -- quantity
item({ quantty: 2 });
// @ts-expect-error -- interval_count
price({ recurring: { intervalcount: 1 } });
// @ts-expect-error -- last_name
clerkUser({ lastname: 'Lovelace' });
// @ts-expect-error -- canceled_at
clerkSubscription({ cancelled_at: 1 });

// What was before is of the same kind.

// @ts-expect-error -- text, not a number
stripeEvent('customer.subscription.updated', subscription(), { previous: { status: 12 } });
// @ts-expect-error -- amount_refunded
stripeEvent('charge.refunded', charge(), { previous: { amount_refund: 0 } });

// What is odd on purpose does compile, and can be seen.

subscription({ status: odd(12), customer: odd(null) });
