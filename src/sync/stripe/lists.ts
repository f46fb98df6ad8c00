// Stripe's lists: subscriptions as they are, with their customers and cards; invoices that were paid; and the events it has
// kept for 30 days. All of them oldest first (window.ts). https://docs.stripe.com/api

import type { StripePage } from '../../apis/stripe-lists.ts';
import { unanswered } from '../ask.ts';
import type { PageRequest } from '../kind.ts';
import { KEY_GONE } from '../list.ts';
import type { Listing, Shown, Source } from '../list.ts';
import { sinceOf, untilOf } from '../until.ts';
import { sentTypes } from './sent-types.ts';
import { firstWindow, nextWindow } from './window.ts';
import type { Window } from './window.ts';

const PROVIDER = 'stripe';

/** Nothing there is older than Stripe itself. Unix seconds. */
const BEGAN_AT = Date.UTC(2011, 0) / 1000;

/** Types that one question may name. https://docs.stripe.com/api/events/list */
const TYPES_MAX = 20;

/** Without a status, a list leaves out what was canceled. */
export const stripeSubscriptions = asTheyAre('stripe_subscriptions', {
  path: '/v1/subscriptions',
  query: [
    ['status', 'all'],
    ['expand[]', 'data.customer'],
    ['expand[]', 'data.default_payment_method'],
    ['expand[]', 'data.customer.invoice_settings.default_payment_method'],
  ],
});

/** What was ever paid: so that totals and firsts are right, and a renewal is none of a first. */
export const stripeInvoices = asTheyAre('stripe_invoices', {
  path: '/v1/invoices',
  query: [['status', 'paid']],
});

/** Only what the endpoint asks for: whatever it leaves out, the operator has left out. */
export const stripeEvents: Listing = {
  name: 'stripe_events',
  provider: PROVIDER,
  taking: () => ({ isBaseline: false }),
  show: async (source, asked) => {
    if (source.stripe === null) return KEY_GONE;
    const types =
      asked.cursor === null ? await sentTypes(source.stripe) : typesIn(JSON.parse(asked.cursor));
    if (types !== null && 'kind' in types) return types;
    const list = { path: '/v1/events', query: queryOf(types) };
    const since = sinceOf(asked.request, PROVIDER, source.heard);
    const shown = await show(source, asked, { list, since, types });
    if (shown.kind !== 'shown' || types === null) return shown;
    const isWanted = (type: unknown) => typeof type === 'string' && types.includes(type);
    return { ...shown, objects: shown.objects.filter(({ type }) => isWanted(type)) };
  },
};

function typesIn({ types = null }: Walk): readonly string[] | null {
  return types;
}

/** More than may be named are sorted out when they are here. */
function queryOf(types: readonly string[] | null): [string, string][] {
  if (types === null || types.length > TYPES_MAX) return [];
  return types.map((type) => ['types[]', type]);
}

/** What is, and not what happened. */
function asTheyAre(name: string, list: Pick<StripePage, 'path' | 'query'>): Listing {
  return {
    name,
    provider: PROVIDER,
    show: (source, asked) => show(source, asked, { list, since: 0, types: null }),
    taking: (_, { request }) => {
      return { isBaseline: true, isOfKnown: request.activeSince !== undefined };
    },
  };
}

/** `types`: of events, those that are wanted; null: all. */
type Walk = Window & { readonly types?: readonly string[] | null };

type Walked = {
  readonly list: Pick<StripePage, 'path' | 'query'>;
  readonly since: number;
  readonly types: readonly string[] | null;
};

async function show(
  { stripe, now }: Source,
  asked: PageRequest,
  { list, since, types }: Walked,
): Promise<Shown> {
  if (stripe === null) return KEY_GONE;
  const until = Math.floor(untilOf(asked) / 1000) + 1;
  const window = windowOf(asked.cursor, Math.max(BEGAN_AT, Math.floor(since / 1000)), until);
  const { from, width, after } = window;
  const cursorOf = (walk: Window) =>
    JSON.stringify({ ...walk, ...(types === null ? {} : { types }) } satisfies Walk);
  const askedAt = now();
  const answer = await stripe.page({ ...list, from, to: from + width, after });
  // Within one second, and the object that was the last one is gone: from the beginning of the second.
  if (answer.kind === 'rejected' && after !== null) {
    const cursor = cursorOf({ from, width, after: null });
    return { kind: 'shown', objects: [], askedAt, cursor };
  }
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const { data, has_more: hasMore } = answer.value;
  const created = data.map((object) => Number(object['created'] ?? 0));
  const ids = data.map((object) => String(object['id']));
  const { isTaken, next } = nextWindow(window, { ids, created, hasMore }, until);
  const cursor = next === null ? null : cursorOf(next);
  return { kind: 'shown', objects: isTaken ? data.toReversed() : [], askedAt, cursor };
}

function windowOf(cursor: string | null, from: number, until: number): Window {
  if (cursor === null) return firstWindow(from, until);
  const { from: at, width, after }: Window = JSON.parse(cursor);
  return { from: at, width, after };
}
