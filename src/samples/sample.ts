// A sample webhook of every type the mapping reads, about whom and when one asks for. It is made of the events
// in events.ts: their ids become this person's, their times move to now.

import { CLERK_SAMPLE_TYPES, clerkSample, STRIPE_SAMPLE_TYPES, stripeSample } from './events.ts';
import type { Json } from './payload.ts';
import type { SampleWebhook } from './send-webhook.ts';
import { CREATED } from './stripe.ts';

/** `now` in Unix seconds. */
type SampleAbout = {
  readonly userId: string;
  readonly customerId: string;
  readonly now: number;
};

const TYPES = { clerk: CLERK_SAMPLE_TYPES, stripe: STRIPE_SAMPLE_TYPES } as const;

export type SampleProvider = keyof typeof TYPES;

/** Times of the samples lie this close to `CREATED`; other numbers are amounts, years and counts. */
const NEAR_SECONDS = 2 * 365 * 86_400;

/** Ids the samples count from one: `sub_1`, `in_1`. */
const COUNTED_ID = /^([a-z]+_)\d+$/;

export function sampleTypes(provider: SampleProvider): readonly string[] {
  return TYPES[provider];
}

/** Null when there is no sample of this type. */
export function sample(
  provider: SampleProvider,
  type: string,
  about: SampleAbout,
): SampleWebhook | null {
  if (!TYPES[provider].includes(type)) return null;
  const { id, ...body } =
    provider === 'stripe' ? stripeSample(type) : { id: undefined, ...clerkSample(type) };
  const own = personal(body, provider, about) as Json;
  return { provider, body: id === undefined ? own : { id, ...own } };
}

function personal(value: unknown, provider: SampleProvider, about: SampleAbout): unknown {
  if (typeof value === 'string') return personalId(value, about);
  if (typeof value === 'number') return movedTime(value, about.now);
  if (Array.isArray(value)) return value.map((each) => personal(each, provider, about));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      // Every object of Stripe says whose it is, so a sample needs no link before it.
      key === 'metadata' && provider === 'stripe'
        ? { clerkUserId: about.userId }
        : personal(inner, provider, about),
    ]),
  );
}

function personalId(text: string, { userId, customerId }: SampleAbout): string {
  if (text.startsWith('user_2ab')) return userId;
  if (text === 'cus_1') return customerId;
  const [, prefix] = COUNTED_ID.exec(text) ?? [];
  return prefix === undefined ? text : `${prefix}${customerId.replace(/^cus_/, '')}`;
}

function movedTime(value: number, now: number): number {
  for (const unit of [1, 1000]) {
    const from = CREATED * unit;
    if (Math.abs(value - from) < NEAR_SECONDS * unit) return value - from + now * unit;
  }
  return value;
}
