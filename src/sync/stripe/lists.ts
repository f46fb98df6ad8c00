// Stripe's lists: subscriptions as they are, with their customers and cards; invoices that were paid; and the events it has
// kept for 30 days. All of them oldest first (window.ts). https://docs.stripe.com/api

import { stripeLists } from '../../apis/stripe-lists.ts';
import type { StripePage } from '../../apis/stripe-lists.ts';
import { pacedNet, unanswered } from '../ask.ts';
import type { JobWorld, PageRequest, PageResult } from '../kind.ts';
import { keyOf, pageDone } from '../list.ts';
import type { SourceList } from '../list.ts';
import { sinceOf, untilOf } from '../until.ts';
import { firstWindow, nextWindow } from './window.ts';
import type { Window } from './window.ts';

const PROVIDER = 'stripe';

/** Nothing there is older than Stripe itself. Unix seconds. */
const BEGAN_AT = Date.UTC(2011, 0) / 1000;

/** Without a status, a list leaves out what was canceled. */
export const stripeSubscriptions: SourceList = {
  name: 'stripe_subscriptions',
  provider: PROVIDER,
  page: (world, asked) =>
    walk(world, asked, {
      isBaseline: true,
      list: {
        path: '/v1/subscriptions',
        query: [
          ['status', 'all'],
          ['expand[]', 'data.customer'],
          ['expand[]', 'data.default_payment_method'],
          ['expand[]', 'data.customer.invoice_settings.default_payment_method'],
        ],
      },
    }),
};

/** What was ever paid: so that totals and firsts are right, and a renewal is none of a first. */
export const stripeInvoices: SourceList = {
  name: 'stripe_invoices',
  provider: PROVIDER,
  page: (world, asked) =>
    walk(world, asked, {
      isBaseline: true,
      list: { path: '/v1/invoices', query: [['status', 'paid']] },
    }),
};

export const stripeEvents: SourceList = {
  name: 'stripe_events',
  provider: PROVIDER,
  page: (world, asked) => walk(world, asked, { isBaseline: false, list: { path: '/v1/events' } }),
};

type Walked = {
  readonly isBaseline: boolean;
  readonly list: Pick<StripePage, 'path' | 'query'>;
};

async function walk(
  world: JobWorld,
  asked: PageRequest,
  { isBaseline, list }: Walked,
): Promise<PageResult> {
  const at = keyOf(world.config, PROVIDER);
  if (at === null) return { kind: 'pause', problem: 'sync_key_missing' };
  const lists = stripeLists(at, pacedNet(world, { provider: PROVIDER, key: at.key }));
  const until = Math.floor(untilOf(asked) / 1000) + 1;
  const since = isBaseline ? 0 : sinceOf(asked.request, world.heard[PROVIDER]);
  const window = windowOf(asked.cursor, Math.max(BEGAN_AT, Math.floor(since / 1000)), until);
  const askedAt = world.now();
  const answer = await lists.page({
    ...list,
    from: window.from,
    to: window.from + window.width,
    after: window.after,
  });
  // Within one second, and the object that was the last one is gone: from the beginning of the second.
  if (answer.kind === 'rejected' && window.after !== null) {
    return { kind: 'page', cursor: JSON.stringify({ ...window, after: null }), counts: {} };
  }
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  const { data, has_more: hasMore } = answer.value;
  const created = data.map((object) => Number(object['created'] ?? 0));
  const shown = { ids: data.map((object) => String(object['id'])), created, hasMore };
  const { isTaken, next } = nextWindow(window, shown, until);
  const cursor = next === null ? null : JSON.stringify(next);
  if (!isTaken) return { kind: 'page', cursor, counts: {} };
  return pageDone(world, asked, {
    provider: PROVIDER,
    objects: data.toReversed(),
    askedAt,
    isBaseline,
    isOfKnown: isBaseline && asked.request.activeSince !== undefined,
    cursor,
  });
}

function windowOf(cursor: string | null, from: number, until: number): Window {
  return cursor === null ? firstWindow(from, until) : JSON.parse(cursor);
}
