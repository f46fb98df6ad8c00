// Which events Stripe sends us: what no endpoint of ours asks for was never lost.

import type { stripeLists } from '../../apis/stripe-lists.ts';
import { STRIPE_EVENT_TYPES } from '../../intake/stripe/events.ts';
import { unanswered } from '../ask.ts';

/** As the door has it. */
const IS_OURS = /\/webhooks\/stripe(\?|$)/;

/**
 * Of the types that the mapping reads those that an endpoint of a relay asks for; one that is switched off lost what it asked
 * for. Null: all of them, also where nobody may say, or where they come by another way.
 */
export async function sentTypes(stripe: Pick<ReturnType<typeof stripeLists>, 'endpoints'>) {
  const answer = await stripe.endpoints();
  if (answer.kind === 'retry') return unanswered('stripe', answer);
  if (answer.kind !== 'ok') return null;
  const ours = answer.value.data.filter(({ url }) => IS_OURS.test(url));
  const types = ours.flatMap(({ enabled_events: enabled }) => enabled);
  if (ours.length === 0 || types.includes('*')) return null;
  return STRIPE_EVENT_TYPES.filter((type) => types.includes(type));
}
