// Stripe's envelope: a verified body in, the event out, or why it is none. Its head alone says whether an event is
// wanted, so the rest of one that is not is never looked at. No I/O. No clock.

import * as v from '../../platform/schema.ts';
import type { Reading, VerifiedBody } from '../provider.ts';
import { flag, needed, problemsOf, record, text } from '../shape.ts';

/** Times in Unix milliseconds; `occurredAt` is Stripe's word, the same in every delivery: moments are keyed by it. */
export type StripeEvent = {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  /** Orders facets: `occurredAt`, but never later than the receipt, so that a clock ahead of ours pins nothing. */
  readonly asOf: number;
  readonly isLive: boolean;
  /** Connect: the account of another business, whose event it is. Null for our own. */
  readonly account: string | null;
  readonly object: Readonly<Record<string, unknown>>;
  /** What the changed fields were: nested objects partial, arrays whole. Null when the event tells no change. */
  readonly previous: Readonly<Record<string, unknown>> | null;
};

const Head = v.object({ id: needed.text, type: needed.text, object: v.fallback(v.string(), '') });

const Envelope = v.object({
  id: needed.text,
  type: needed.text,
  created: needed.number,
  livemode: flag,
  account: text,
  data: v.object({
    object: v.record(v.unknown()),
    previous_attributes: v.optional(v.nullable(record)),
  }),
});

type OpenedHead =
  | { readonly ok: true; readonly head: v.InferOutput<typeof Head> }
  | { readonly ok: false; readonly reading: Reading };

type Opened =
  | { readonly ok: true; readonly event: StripeEvent }
  | { readonly ok: false; readonly reading: Reading };

export function openHead({ json, deliveryId }: VerifiedBody): OpenedHead {
  const head = v.safeParse(Head, json);
  if (head.success) return { ok: true, head: head.output };
  const problems = problemsOf(head.issues);
  const id = deliveryId ?? 'unknown';
  return { ok: false, reading: { kind: 'unreadable', id, type: 'unknown', problems } };
}

export function openEnvelope(
  { json, receivedAt }: VerifiedBody,
  { id, type }: v.InferOutput<typeof Head>,
): Opened {
  const envelope = v.safeParse(Envelope, json);
  if (!envelope.success) {
    const problems = problemsOf(envelope.issues);
    return { ok: false, reading: { kind: 'unreadable', id, type, problems } };
  }
  const { created, livemode: isLive, account, data } = envelope.output;
  const occurredAt = created * 1000;
  const asOf = Math.min(occurredAt, receivedAt);
  const previous = data.previous_attributes ?? null;
  const about = { id, type, occurredAt, asOf, isLive, account };
  return { ok: true, event: { ...about, object: data.object, previous } };
}
