// Clerk Billing's subscriptions and their items. A subscription is there from sign-up on, with the free plan; a
// purchase is an item of it. https://clerk.com/docs/guides/development/webhooks/billing

import type { News } from '../../person/news.ts';
import { trialEnding } from '../../person/trial-ending.ts';
import * as v from '../../platform/schema.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import { count, list, needed, text } from '../shape.ts';
import {
  facetOf,
  isFree,
  Item,
  payer,
  payerOf,
  planName,
  seconds,
  statusOf,
} from './billing-shape.ts';
import type { ClerkItem } from './billing-shape.ts';
import { timeIn } from './envelope.ts';
import type { ClerkEvent } from './envelope.ts';
import { ignored, personReading, reader } from './reading.ts';

/** How long after its period began a purchase may be told to have become active: payments take their time. */
const NEW_MS_MAX = 86_400_000;

const Subscription = v.object({
  id: needed.text,
  status: text,
  updated_at: count,
  payer,
  items: list(Item),
});

export const readItem = reader(Item, (item, event, options) => {
  const subscriptionId = item.subscription_id ?? item.payer.id ?? item.id;
  const news = itemNews(event, { item, subscriptionId, options });
  return payerReading(event, { payer: item.payer, news }, options);
});

/** Clerk sends it three days before the trial ends, or at once when the trial is shorter. */
export function readTrialEnding(event: ClerkEvent, options: ReadOptions): Reading {
  const reading = readItem(event, options);
  if (reading.kind !== 'event') return reading;
  return { ...reading, news: reading.news.flatMap((news) => [news, ...endingNews(event, news)]) };
}

export const readContainer = reader(Subscription, (subscription, event, options) => {
  const { id: subscriptionId, items, payer: who } = subscription;
  const item = currentOf(items);
  const news =
    item === undefined
      ? overNews(event, subscription)
      : itemNews(event, { item, subscriptionId, options });
  return payerReading(event, { payer: who, news }, options);
});

/** Nothing of it is in effect: it is over, or says nothing. */
function overNews(
  event: ClerkEvent,
  { id: subscriptionId, status, updated_at: updatedAt }: v.InferOutput<typeof Subscription>,
): News | null {
  const isOver = status === 'ended' || status === 'expired';
  return isOver ? unpaid(event, { subscriptionId, updatedAt, plan: null }) : null;
}

/** Of a subscription's items the one in effect: paid for before free, newer before older. */
function currentOf(items: readonly ClerkItem[]): ClerkItem | undefined {
  return items
    .filter((item) => isInEffect(statusOf(item)))
    .toSorted(
      (a, b) => Number(isFree(a)) - Number(isFree(b)) || (b.created_at ?? 0) - (a.created_at ?? 0),
    )[0];
}

function isInEffect(status: string | null): boolean {
  return status !== null && status !== 'canceled';
}

type SubscribedItem = {
  readonly item: ClerkItem;
  readonly subscriptionId: string;
  readonly options: ReadOptions;
};

/** Null when it says nothing about what is paid for. */
function itemNews(
  event: ClerkEvent,
  { item, subscriptionId, options }: SubscribedItem,
): News | null {
  const status = statusOf(item);
  if (isPlan(item) && !isFree(item)) {
    return plannedNews(event, { item, subscriptionId, options });
  }
  if (status === null) return null;
  const { updated_at: updatedAt } = item;
  if (isFree(item)) {
    const plan = planName(item, options);
    return isInEffect(status) ? unpaid(event, { subscriptionId, updatedAt, plan }) : null;
  }
  return {
    kind: 'purchase',
    facet: facetOf(item, { subscriptionId, status, asOf: timeIn(event, updatedAt), options }),
    isTrialUnsaid: item.is_free_trial === null,
    begins: /\.(created|active)$/.test(event.type) && isNew(item, event),
    occurredAt: event.occurredAt,
  };
}

/** It follows the running one, or was to. */
function isPlan({ status }: ClerkItem): boolean {
  return status === 'upcoming' || status === 'abandoned';
}

function plannedNews(
  { occurredAt }: ClerkEvent,
  { item, subscriptionId, options }: SubscribedItem,
): News {
  const plan = planName(item, options);
  const next = { itemId: item.id, plan, at: seconds(item.period_start) ?? 0 };
  const isTakenBack = item.status === 'abandoned' ? ({ isTakenBack: true } as const) : {};
  return { kind: 'planned', subscriptionId, next: { ...next, ...isTakenBack }, occurredAt };
}

/** An old purchase becomes active, too, when what was owed is paid: then it does not begin. */
function isNew(item: ClerkItem, { occurredAt }: ClerkEvent): boolean {
  const beganAt = item.period_start ?? item.created_at ?? occurredAt;
  return occurredAt - beganAt < NEW_MS_MAX;
}

function unpaid(
  event: ClerkEvent,
  subscription: {
    readonly subscriptionId: string;
    readonly updatedAt: number | null;
    /** The free plan's name, where there is one. */
    readonly plan: string | null;
  },
): News {
  const { subscriptionId, updatedAt, plan } = subscription;
  const asOf = timeIn(event, updatedAt);
  const news = { kind: 'unpaid', subscriptionId, asOf, occurredAt: event.occurredAt } as const;
  return plan === null ? news : { ...news, plan };
}

function payerReading(
  event: ClerkEvent,
  told: { readonly payer: v.InferOutput<typeof payer>; readonly news: News | null },
  options: ReadOptions,
): Reading {
  const who = payerOf(told.payer, options);
  if (typeof who === 'string') return ignored(event, who);
  if (told.news === null) return ignored(event, 'not_in_effect');
  return personReading(event, { ...who, news: [told.news] });
}

/** Clerk wants a way to pay before a trial begins. */
function endingNews(event: ClerkEvent, news: News): News[] {
  if (news.kind !== 'purchase') return [];
  const moment = trialEnding(news.facet, { at: event.occurredAt, hasWayToPay: true });
  return moment === null ? [] : [{ kind: 'moment', moment }];
}
