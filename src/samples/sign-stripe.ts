// Signs a body as Stripe does: https://docs.stripe.com/webhooks#verify-manually

import { createHmac } from 'node:crypto';

/** The headers of one delivery. `now` in Unix milliseconds. */
export function signStripe(
  body: string,
  about: { readonly secret: string; readonly now?: number },
): Record<string, string> {
  const timestamp = Math.floor((about.now ?? Date.now()) / 1000);
  const signature = createHmac('sha256', about.secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'stripe-signature': `t=${timestamp},v1=${signature}` };
}
