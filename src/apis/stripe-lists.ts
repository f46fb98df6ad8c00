// Stripe's lists, page by page, as they come: what an object is, its provider's reader says. No answer throws.
// https://docs.stripe.com/api/pagination

import * as v from '../platform/schema.ts';
import { asking } from './ask-json.ts';
import type { ApiAt } from './ask-json.ts';
import type { Net } from './exchange.ts';

const Page = v.object({
  data: v.array(v.record(v.unknown())),
  has_more: v.optional(v.boolean(), false),
});

/** The shape of lists and of what is in them, but for events: those keep the version of their creation. */
const VERSION = '2026-10-28.endive';

/** The most a page may have. */
export const STRIPE_PAGE_MAX = 100;

export type StripePage = {
  readonly path: string;
  /** What else is asked: a status, what is expanded. */
  readonly query?: readonly (readonly [string, string])[];
  /** Made in this time, Unix seconds; `to` is not in it any more. */
  readonly from: number;
  readonly to: number;
  /** The id of the last one before. */
  readonly after?: string | null;
};

export function stripeLists(at: ApiAt, net: Net) {
  const ask = asking(at, net);
  return {
    /** The newest first, whatever is asked. */
    page: ({ path, query = [], from, to, after = null }: StripePage) => {
      const search = new URLSearchParams([
        ['limit', String(STRIPE_PAGE_MAX)],
        ['created[gte]', String(from)],
        ['created[lt]', String(to)],
        ...(after === null ? [] : [['starting_after', after] satisfies [string, string]]),
        ...query.map(([name, value]) => [name, value] satisfies [string, string]),
      ]);
      const headers = { 'Stripe-Version': VERSION };
      return ask({ method: 'GET', path: `${path}?${search.toString()}`, headers, schema: Page });
    },
  };
}
