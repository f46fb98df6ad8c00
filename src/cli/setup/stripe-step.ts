// Set-up's step at Stripe: the webhook endpoint. It can be run again: what works is left as it is.

import type { StripeEndpoint } from '../../apis/stripe-setup.ts';
import { STRIPE_EVENT_TYPES } from '../../intake/stripe/events.ts';
import { stripeOf } from '../doctor/providers.ts';
import { endpointFor, missingEvents, stripeWebhookUrl } from '../doctor/stripe-endpoint.ts';
import type { Session } from '../terminal/session.ts';

export type StripeStep =
  | { readonly kind: 'no_key' | 'not_https' }
  | { readonly kind: 'created'; readonly id: string; readonly secret: string }
  | {
      readonly kind: 'there' | 'extended';
      readonly id: string;
      readonly missing: readonly string[];
      readonly status: string;
    };

type StripeWish = { readonly relay: string; readonly addEvents: boolean };

/** Makes the endpoint where there is none; an existing one gets events only if asked, and never loses any. */
export async function stripeStep(session: Session, wish: StripeWish): Promise<StripeStep> {
  const stripe = stripeOf(session);
  if (stripe === null) return { kind: 'no_key' };
  const { api, party } = stripe;
  const { data } = await session.ask(api.endpoints, party);
  const endpoint = endpointFor(data, wish.relay);
  if (endpoint !== null) {
    return extend(endpoint, wish, (events) =>
      session.ask(() => api.setEvents(endpoint.id, events), party),
    );
  }
  if (!wish.relay.startsWith('https:')) return { kind: 'not_https' };
  // Asked once: a second try after a lost answer would make a second endpoint.
  const answer = await api.createEndpoint(stripeWebhookUrl(wish.relay), STRIPE_EVENT_TYPES);
  const made = await session.ask(async () => answer, party);
  return { kind: 'created', id: made.id, secret: made.secret ?? '' };
}

async function extend(
  endpoint: StripeEndpoint,
  { addEvents }: StripeWish,
  setEvents: (events: readonly string[]) => Promise<unknown>,
): Promise<StripeStep> {
  const missing = missingEvents(endpoint);
  const { id, status } = endpoint;
  if (!addEvents || missing.length === 0) return { kind: 'there', id, missing, status };
  await setEvents([...endpoint.enabled_events, ...missing]);
  return { kind: 'extended', id, missing, status };
}

export function sayStripe(step: StripeStep): string[] {
  switch (step.kind) {
    case 'no_key':
      return ['Stripe: without STRIPE_SECRET_KEY its endpoint has to be made by hand.'];
    case 'not_https':
      return ['Stripe: no endpoint was made, because Stripe sends to https only.'];
    case 'created':
      return [`Stripe: made the endpoint ${step.id}; its signing secret is kept.`];
    case 'extended':
      return [`Stripe: the endpoint ${step.id} now sends ${step.missing.join(', ')} too.`];
    case 'there':
      return [
        `Stripe: the endpoint ${step.id} is there (${step.status}) and ${lacking(step.missing)}. It was left as it is.`,
        'Its signing secret is at Stripe > Developers > Webhooks; Stripe shows it nowhere else.',
      ];
  }
}

function lacking(missing: readonly string[]): string {
  return missing.length === 0
    ? 'sends everything that is read'
    : `does not send ${missing.join(', ')} (--add-events adds them)`;
}
