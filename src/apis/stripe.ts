// Stripe's objects by its API: what a look-up asks. No answer throws; of an object only the fields below are kept.
// https://docs.stripe.com/api

import * as z from 'zod';

import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

/** A deleted customer has neither. */
const Customer = z.object({
  email: z.string().min(1).nullable().catch(null),
  metadata: z.record(z.string(), z.unknown()).catch({}),
});

/** Null for a payment without a customer. */
const Charge = z.object({
  customer: z
    .union([z.string().min(1), z.object({ id: z.string().min(1) }).transform(({ id }) => id)])
    .nullable()
    .catch(null),
});

export function stripeApi(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  return {
    customer: (id: string) =>
      ask({ method: 'GET', path: `/v1/customers/${encodeURIComponent(id)}`, schema: Customer }),
    charge: (id: string) =>
      ask({ method: 'GET', path: `/v1/charges/${encodeURIComponent(id)}`, schema: Charge }),
  };
}
