// Stripe's account by its API: webhook endpoints, products and prices, for set-up and the doctor. Beside stripe.ts, because
// the Worker never asks for these and need not carry their shapes. No answer throws. https://docs.stripe.com/api

import * as z from 'zod';

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
  status: z.string().default('enabled'),
  livemode: z.boolean().default(false),
  api_version: z.string().nullable().default(null),
  enabled_events: z.array(z.string()).default([]),
  /** Shown once, by the creation. */
  secret: z.string().optional(),
});
export type StripeEndpoint = z.infer<typeof Endpoint>;

const Endpoints = z.object({ data: z.array(Endpoint), has_more: z.boolean().default(false) });

const Destinations = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      event_payload: z.string().default(''),
      webhook_endpoint: z.object({ url: z.string().nullish() }).nullish(),
    }),
  ),
});

const Price = z.object({
  id: z.string(),
  nickname: z.string().nullable().default(null),
  lookup_key: z.string().nullable().default(null),
  currency: z.string().default(''),
  unit_amount: z.number().nullable().default(null),
  recurring: z
    .object({ interval: z.string(), interval_count: z.number().default(1) })
    .nullable()
    .default(null),
  product: z.object({ id: z.string(), name: z.string().default('') }),
});
export type StripePrice = z.infer<typeof Price>;

const Prices = z.object({ data: z.array(Price), has_more: z.boolean().default(false) });

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
