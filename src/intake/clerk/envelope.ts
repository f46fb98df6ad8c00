// Clerk's envelope: a verified body in, the event out, or why it is none. Bodies carry no id of their own and are
// dated in milliseconds or, in examples, in seconds. No I/O. No clock.

import * as v from '../../platform/schema.ts';
import type { Reading, VerifiedBody } from '../provider.ts';
import { count, needed, problemsOf, record, text } from '../shape.ts';

/** `occurredAt` in Unix milliseconds, never later than the time of receipt. */
export type ClerkEvent = {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: number;
  readonly receivedAt: number;
  /** Of the instance that says it; null where nobody knows which it is. */
  readonly instance: string | null;
  readonly data: Readonly<Record<string, unknown>>;
};

type Opened =
  | { readonly ok: true; readonly event: ClerkEvent }
  | { readonly ok: false; readonly reading: Reading };

const Envelope = v.object({ type: needed.text, timestamp: count, instance_id: text, data: record });

/** Below this a timestamp is in seconds: the documentation's examples are, real deliveries are not. */
const SECONDS_BELOW = 1e11;

/** Only a type is needed here; what else an event needs, its reader asks for. */
export function openEnvelope({ json, deliveryId, receivedAt }: VerifiedBody): Opened {
  const envelope = v.safeParse(Envelope, json);
  if (!envelope.success) {
    const problems = problemsOf(envelope.issues);
    const id = deliveryId ?? 'unknown';
    return { ok: false, reading: { kind: 'unreadable', id, type: 'unknown', problems } };
  }
  const { type, timestamp, instance_id: instanceId, data } = envelope.output;
  const sentAt = milliseconds(timestamp);
  // Without the transport's id a retry has to be known by what does not change from one attempt to the next.
  const id = deliveryId ?? `${type}:${v.parse(text, data['id']) ?? ''}:${sentAt ?? ''}`;
  const occurredAt = Math.min(sentAt ?? receivedAt, receivedAt);
  const instance = instanceId === null ? null : instanceMark(instanceId);
  return { ok: true, event: { id, type, occurredAt, receivedAt, instance, data } };
}

/** As much of an instance's id as tells two of a customer's apart, because every row keeps it. */
export function instanceMark(id: string): string {
  return id.slice(-8);
}

/** A facet's. */
export function instanceIn({ instance }: ClerkEvent): { readonly instance?: string } {
  return instance === null ? {} : { instance };
}

function milliseconds(timestamp: number | null): number | null {
  return timestamp !== null && timestamp < SECONDS_BELOW ? timestamp * 1000 : timestamp;
}

/** A time that the payload says, else the event's own; never later than that of receipt. Unix milliseconds. */
export function timeIn({ occurredAt, receivedAt }: ClerkEvent, said: number | null): number {
  return Math.min(said ?? occurredAt, receivedAt);
}
