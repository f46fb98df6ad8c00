// Set-up, step by step: each takes what is known, and answers what it found out. Every step can be run again: what works
// is left as it is.

import { randomBytes } from 'node:crypto';

import type { StripeEndpoint } from '../../apis/stripe-setup.ts';
import { CLERK_EVENT_TYPES } from '../../intake/clerk/events.ts';
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

export function newAdminToken(): string {
  return randomBytes(24).toString('hex');
}

/** The two things nobody but a person can do in Clerk. */
export function clerkSteps(relay: string): string[] {
  return [
    'In Clerk, two things to click:',
    `  1. Configure > Webhooks > Add endpoint: ${relay}/webhooks/clerk`,
    '     and subscribe to what you use of:',
    ...wrapped(CLERK_EVENT_TYPES).map((line) => `     ${line}`),
    '  2. On the endpoint made: copy its Signing secret (whsec_...), and run lifecycle setup again with it.',
  ];
}

const LINE_LENGTH = 90;

function wrapped(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const isFull = last === undefined || last.length + word.length > LINE_LENGTH;
    if (isFull) lines.push(word);
    else lines[lines.length - 1] = `${last}, ${word}`;
  }
  return lines.map((line, index) => (index === lines.length - 1 ? line : `${line},`));
}
