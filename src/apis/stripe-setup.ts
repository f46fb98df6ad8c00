// Stripe's account by its API: webhook endpoints, products and prices, for set-up and the doctor. Beside stripe.ts, because
// the Worker never asks for these and need not carry their shapes. No answer throws. https://docs.stripe.com/api

import * as v from '../platform/schema.ts';
import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const PER_PAGE = 100;

/** The v2 endpoint is not answered without a version. */
const V2_VERSION = '2026-10-28.endive';

const Account = v.object({ id: v.string() });

const Endpoint = v.object({
  id: v.string(),
  url: v.string(),
  status: v.optional(v.string(), 'enabled'),
  livemode: v.optional(v.boolean(), false),
  api_version: v.optional(v.nullable(v.string()), null),
  enabled_events: v.optional(v.array(v.string()), []),
  /** Shown once, by the creation. */
  secret: v.optional(v.string()),
});
export type StripeEndpoint = v.InferOutput<typeof Endpoint>;

const Endpoints = v.object({ data: v.array(Endpoint), has_more: v.optional(v.boolean(), false) });

const Destinations = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      event_payload: v.optional(v.string(), ''),
      webhook_endpoint: v.nullish(v.object({ url: v.nullish(v.string()) })),
    }),
  ),
});

const Price = v.object({
  id: v.string(),
  nickname: v.optional(v.nullable(v.string()), null),
  lookup_key: v.optional(v.nullable(v.string()), null),
  currency: v.optional(v.string(), ''),
  unit_amount: v.optional(v.nullable(v.number()), null),
  recurring: v.optional(
    v.nullable(v.object({ interval: v.string(), interval_count: v.optional(v.number(), 1) })),
    null,
  ),
  product: v.object({ id: v.string(), name: v.optional(v.string(), '') }),
});
export type StripePrice = v.InferOutput<typeof Price>;

const Prices = v.object({ data: v.array(Price), has_more: v.optional(v.boolean(), false) });

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
