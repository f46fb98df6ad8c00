// Asks Stripe about a customer or a charge: one GET, one answer that is total. No id, email or metadata leaves here but
// for what the caller needs. https://docs.stripe.com/api/customers/retrieve

import * as z from 'zod';

import { ownerIn } from '../person/owner.ts';
import type { Answer } from './answer.ts';
import { askProvider } from './ask-provider.ts';
import type { ProviderOptions } from './ask-provider.ts';

/** `linkKeys`: metadata keys that may hold the user's id, in order of preference. */
export type StripeOptions = ProviderOptions & { readonly linkKeys: readonly string[] };

export type CustomerAnswer = Answer | { readonly kind: 'email'; readonly email: string };

const Customer = z.object({
  email: z.string().min(1).nullable().catch(null),
  metadata: z.record(z.string(), z.unknown()).catch({}),
});

const Charge = z.object({
  customer: z.union([
    z.string().min(1),
    z.object({ id: z.string().min(1) }).transform(({ id }) => id),
  ]),
});

/** Whose customer it is by its metadata, or else its email, by which somebody might be found. */
export async function askCustomer(
  customerId: string,
  options: StripeOptions,
): Promise<CustomerAnswer> {
  const answer = await askProvider(`customers/${encodeURIComponent(customerId)}`, options);
  if (answer.kind !== 'object') return answer;
  const parsed = Customer.safeParse(answer.object);
  if (!parsed.success) return { kind: 'nobody', why: 'answer_unexpected' };
  const { email, metadata } = parsed.data;
  const owner = ownerIn(metadata, options.linkKeys);
  if (owner.kind === 'person') {
    return { kind: 'person', userId: owner.userId, source: 'customer_lookup' };
  }
  if (owner.kind === 'organization') return { kind: 'nobody', why: 'organization_pays' };
  return email === null ? { kind: 'nobody', why: 'customer_without_id' } : { kind: 'email', email };
}

export async function askCharge(chargeId: string, options: ProviderOptions): Promise<Answer> {
  const answer = await askProvider(`charges/${encodeURIComponent(chargeId)}`, options);
  if (answer.kind !== 'object') return answer;
  const parsed = Charge.safeParse(answer.object);
  return parsed.success
    ? { kind: 'customer', customerId: parsed.data.customer }
    : { kind: 'nobody', why: 'charge_without_customer' };
}
