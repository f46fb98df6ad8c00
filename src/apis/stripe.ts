// Stripe's objects by its API: what a look-up asks. No answer throws; of an object only the fields below are kept.
// https://docs.stripe.com/api

import * as z from 'zod/mini';

import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

/** A deleted customer has neither. */
const Customer = z.object({
  email: z.catch(z.nullable(z.string().check(z.minLength(1))), null),
  metadata: z.catch(z.record(z.string(), z.unknown()), {}),
});

/** Null for a payment without a customer. */
const Charge = z.object({
  customer: z.catch(
    z.nullable(
      z.union([
        z.string().check(z.minLength(1)),
        z.pipe(
          z.object({ id: z.string().check(z.minLength(1)) }),
          z.transform(({ id }) => id),
        ),
      ]),
    ),
    null,
  ),
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
