// Whose is it? First Stripe, by what the customer's metadata says; then, where the configuration allows it, Clerk by the
// customer's email. Never on a webhook's path.

import type { Config } from '../config/config.ts';
import type { Answer } from './answer.ts';
import type { LookUp } from './answer.ts';
import { askEmail } from './ask-clerk.ts';
import type { ProviderOptions } from './ask-provider.ts';
import { askCharge, askCustomer } from './ask-stripe.ts';

type Net = Pick<ProviderOptions, 'fetch' | 'now'>;

/** Null without a Stripe key: everything begins with the customer. */
export function lookUpWith({ lookups, read }: Config, net: Net): LookUp | null {
  const { stripe, clerk, byEmail } = lookups;
  if (stripe.key === null) return null;
  const stripeOptions = {
    ...net,
    ...stripe,
    key: stripe.key,
    provider: 'stripe',
    linkKeys: read.linkKeys,
  } as const;
  const clerkOptions =
    byEmail && clerk.key !== null
      ? ({ ...net, ...clerk, key: clerk.key, provider: 'clerk' } as const)
      : null;

  async function ofCustomer(customerId: string): Promise<Answer> {
    const answer = await askCustomer(customerId, stripeOptions);
    if (answer.kind !== 'email') return answer;
    if (clerkOptions === null) return { kind: 'nobody', why: 'customer_without_id' };
    return askEmail(answer.email, clerkOptions);
  }

  return async (key) => (isCustomer(key) ? ofCustomer(key) : askCharge(key, stripeOptions));
}

/** What waits is a customer's, or a charge's (`ch_...`, and `py_...` for methods other than cards). */
function isCustomer(key: string): boolean {
  return !/^(ch|py)_/.test(key);
}
