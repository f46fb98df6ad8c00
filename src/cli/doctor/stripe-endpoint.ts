// Does a Stripe webhook endpoint serve this Worker, and does it send what the mapping needs? Pure.

import type { StripeEndpoint } from '../../apis/stripe-setup.ts';
import { STRIPE_EVENT_TYPES } from '../../intake/stripe/events.ts';

export function stripeWebhookUrl(relay: string): string {
  return `${relay}/webhooks/stripe`;
}

export function isSameUrl(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).href === new URL(b).href;
}

/** Events the mapping reads and the endpoint does not send. */
export function missingEvents({ enabled_events: enabled }: StripeEndpoint): string[] {
  return enabled.includes('*') ? [] : STRIPE_EVENT_TYPES.filter((type) => !enabled.includes(type));
}

/** The endpoint of this Worker: one that is switched on before one that is not. */
export function endpointFor(
  endpoints: readonly StripeEndpoint[],
  relay: string,
): StripeEndpoint | null {
  const ours = endpoints.filter(({ url }) => isSameUrl(url, stripeWebhookUrl(relay)));
  return ours.find(({ status }) => status === 'enabled') ?? ours[0] ?? null;
}
