// Stripe's account by its API: webhook endpoints, products and prices, for set-up and the doctor. Beside stripe.ts, because
// the Worker never asks for these and need not carry their shapes. No answer throws. https://docs.stripe.com/api

import * as z from 'zod/mini';

import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const PER_PAGE = 100;

/** The v2 endpoint is not answered without a version. */
const V2_VERSION = '2026-10-28.endive';

const Account = z.object({ id: z.string() });

const Endpoint = z.object({
  id: z.string(),
  url: z.string(),
  status: z._default(z.string(), 'enabled'),
  livemode: z._default(z.boolean(), false),
  api_version: z._default(z.nullable(z.string()), null),
  enabled_events: z._default(z.array(z.string()), []),
  /** Shown once, by the creation. */
  secret: z.optional(z.string()),
});
export type StripeEndpoint = z.infer<typeof Endpoint>;

const Endpoints = z.object({ data: z.array(Endpoint), has_more: z._default(z.boolean(), false) });

const Destinations = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      event_payload: z._default(z.string(), ''),
      webhook_endpoint: z.nullish(z.object({ url: z.nullish(z.string()) })),
    }),
  ),
});

const Price = z.object({
  id: z.string(),
  nickname: z._default(z.nullable(z.string()), null),
  lookup_key: z._default(z.nullable(z.string()), null),
  currency: z._default(z.string(), ''),
  unit_amount: z._default(z.nullable(z.number()), null),
  recurring: z._default(
    z.nullable(z.object({ interval: z.string(), interval_count: z._default(z.number(), 1) })),
    null,
  ),
  product: z.object({ id: z.string(), name: z._default(z.string(), '') }),
});
export type StripePrice = z.infer<typeof Price>;

const Prices = z.object({ data: z.array(Price), has_more: z._default(z.boolean(), false) });

export type StripeSetup = ReturnType<typeof stripeSetup>;

export function stripeSetup(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  return {
    /** Asked without a version, Stripe answers in the account's own and names it in `Stripe-Version`. */
    account: () => ask({ method: 'GET', path: '/v1/account', schema: Account }),
    endpoints: () =>
      ask({ method: 'GET', path: `/v1/webhook_endpoints?limit=${PER_PAGE}`, schema: Endpoints }),
    /** Event destinations are newer; a thin one says what changed only to those who ask. */
    destinations: () =>
      ask({
        method: 'GET',
        path: `/v2/core/event_destinations?limit=${PER_PAGE}&include[0]=webhook_endpoint.url`,
        headers: { 'Stripe-Version': V2_VERSION },
        schema: Destinations,
      }),
    createEndpoint: (url: string, events: readonly string[]) =>
      ask({
        method: 'POST',
        path: '/v1/webhook_endpoints',
        form: [['url', url], ['description', 'Lifecycle Relay'], ...eventsForm(events)],
        schema: Endpoint,
      }),
    setEvents: (id: string, events: readonly string[]) =>
      ask({
        method: 'POST',
        path: `/v1/webhook_endpoints/${encodeURIComponent(id)}`,
        form: eventsForm(events),
        schema: Endpoint,
      }),
    prices: (after: string | null) =>
      ask({
        method: 'GET',
        path: `/v1/prices?active=true&limit=${PER_PAGE}&expand[]=data.product${after === null ? '' : `&starting_after=${encodeURIComponent(after)}`}`,
        schema: Prices,
      }),
  };
}

function eventsForm(events: readonly string[]): [string, string][] {
  return events.map((event) => ['enabled_events[]', event]);
}
