// Asks Stripe about a customer or a charge: one GET, one answer that is total. No id, email or metadata leaves here but
// for what the caller needs. https://docs.stripe.com/api/customers/retrieve

import * as z from 'zod';

import { retryAfterMs } from '../customerio/outcome.ts';
import { ownerIn } from '../person/owner.ts';
import type { Finding } from './finding.ts';

/** How long one answer may take. */
export const ANSWER_MS_MAX = 10_000;

export type StripeOptions = {
  readonly baseUrl: string;
  readonly key: string;
  /** Metadata keys that may hold the user's id, in order of preference. */
  readonly linkKeys: readonly string[];
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly now: () => number;
};

export type CustomerAnswer = Finding | { readonly kind: 'email'; readonly email: string };

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
  const answer = await ask(`customers/${encodeURIComponent(customerId)}`, options);
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

export async function askCharge(chargeId: string, options: StripeOptions): Promise<Finding> {
  const answer = await ask(`charges/${encodeURIComponent(chargeId)}`, options);
  if (answer.kind !== 'object') return answer;
  const parsed = Charge.safeParse(answer.object);
  return parsed.success
    ? { kind: 'customer', customerId: parsed.data.customer }
    : { kind: 'nobody', why: 'charge_without_customer' };
}

async function ask(
  path: string,
  options: StripeOptions,
): Promise<Finding | { readonly kind: 'object'; readonly object: unknown }> {
  // Not AbortSignal.timeout: a timer left running keeps a Durable Object in memory, and on the bill.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), ANSWER_MS_MAX);
  try {
    const response = await options.fetch(`${options.baseUrl}/v1/${path}`, {
      headers: { authorization: `Bearer ${options.key}` },
      redirect: 'manual',
      signal: patience.signal,
    });
    if (response.ok) return { kind: 'object', object: await response.json() };
    await response.body?.cancel();
    const after = retryAfterMs(response.headers.get('retry-after'), options.now());
    return refusalOf('stripe', response.status, after);
  } catch {
    return { kind: 'later', why: 'stripe_unreachable', retryAfterMs: null, isForAll: true };
  } finally {
    clearTimeout(timer);
  }
}

/** What an answer other than 2xx means for this question, and for all the others. */
export function refusalOf(
  provider: 'stripe' | 'clerk',
  status: number,
  hintMs: number | null,
): Finding {
  if (status === 404) return { kind: 'nobody', why: `${provider}_not_found` };
  const later = { kind: 'later', retryAfterMs: hintMs, isForAll: true } as const;
  if (status === 429) return { ...later, why: `${provider}_rate_limited` };
  if (status === 401 || status === 403) return { ...later, why: `${provider}_key_invalid` };
  if (status >= 500) return { ...later, why: `${provider}_unavailable` };
  return { kind: 'nobody', why: `${provider}_refused` };
}
