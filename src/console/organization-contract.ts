// What is answered about one organization: a part of contract.ts, and like it it only grows.

import * as v from '../platform/schema.ts';
import { figure, next, time } from './shapes.ts';

const text = v.optional(v.nullable(v.string()), null);
const fields = v.record(v.unknown());

const Subscription = v.object({
  id: v.string(),
  plan: text,
  status: v.string(),
  /** In major units of its currency; null where its price cannot be known. */
  monthly: v.optional(v.nullable(v.number()), null),
  currency: text,
  seats: v.optional(v.nullable(v.number()), null),
  customerId: text,
  /** Who bought it. */
  buyerId: text,
});

const Member = v.object({
  userId: v.string(),
  role: text,
  joinedAt: time,
  /** What happens to the organization is told to them. */
  hears: v.optional(v.boolean(), false),
});

const Told = v.object({
  at: v.string(),
  userId: v.string(),
  event: v.string(),
  /** When it happened to the organization: the same for all who were told of it. */
  happenedAt: time,
  /** `pending`, `landed`, `held`, `parked`. */
  state: v.string(),
  landedAt: time,
  /** What became of the mail by rule, where there is one: `waits`, `due`, `mailed`, `parked`, `skipped`. */
  mail: text,
  /** The entry of their journal. */
  entry: v.string(),
});

export const OrganizationView = v.object({
  id: v.string(),
  /** As its object at Customer.io has them. */
  traits: fields,
  subscriptions: v.array(Subscription),
  customers: v.optional(v.array(v.string()), []),
  /** The four numbers that are called seats, as far as anybody says them. */
  seats: v.object({
    /** Paid for: the quantity at Stripe, or the seats of the item at Clerk Billing. */
    paid: v.optional(v.nullable(v.number()), null),
    /** In it by what was heard here, and by what Clerk counts. */
    members: figure,
    membersAtClerk: v.optional(v.nullable(v.number()), null),
  }),
  members: v.array(Member),
  next,
  /** What its people were told of it, the newest first. */
  told: v.array(Told),
  /** Whoever left or joined last, or is on another page, may have been told more: so many were not asked for. */
  unasked: figure,
  lane: v.object({
    shard: v.string(),
    pending: figure,
    pause: text,
    notices: figure,
    waiting: figure,
    /** Moments that nobody was there to hear. */
    unheard: figure,
    /** Up to which member all know how things are; null: nobody has still to be told. */
    fanOut: text,
  }),
  /** The row as it is stored. */
  organization: fields,
});
