// Clerk Billing's items: what people have bought, and had. The list has the newest first; it is walked from its other end, so
// that a purchase is told before the one that follows it. https://clerk.com/docs/reference/backend-api/tag/Billing

import { CLERK_PAGE_MAX } from '../../apis/clerk-lists.ts';
import { unanswered } from '../ask.ts';
import type { PageRequest } from '../kind.ts';
import { KEY_GONE } from '../list.ts';
import type { Listing, Shown, Source } from '../list.ts';
import { isBackfill, sinceOf, untilOf } from '../until.ts';

const PROVIDER = 'clerk';

export const clerkItems: Listing = {
  name: 'clerk_items',
  provider: PROVIDER,
  show,
  taking: ({ heard }, { request }) => ({
    // What changed is told once, by this or by its webhook: Clerk says no before.
    isBaseline: false,
    // Of several purchases of somebody unknown the second would tell what became of the first, before any webhook could.
    isSilent: (item) => isBackfill(request) && changedAt(item) < (heard[PROVIDER] ?? Infinity),
    isOfKnown: request.activeSince !== undefined,
  }),
};

/** The cursor: how many are read, counted from the oldest; what is bought meanwhile stands before all others. */
async function show({ clerk, now, heard }: Source, asked: PageRequest): Promise<Shown> {
  if (clerk === null) return KEY_GONE;
  const askedAt = now();
  const count = await clerk.items({ limit: 1, offset: 0 });
  const nothing = { kind: 'shown', objects: [], askedAt, cursor: null } as const;
  // An instance without Billing has no such list.
  if (count.kind === 'rejected') return nothing;
  if (count.kind !== 'ok') return unanswered(PROVIDER, count);
  const total = count.value.total_count;
  const read = Number(asked.cursor ?? 0);
  const limit = Math.min(CLERK_PAGE_MAX, Math.max(0, total - read));
  if (limit === 0) return { ...nothing, total };
  const offset = total - read - limit;
  const answer = await clerk.items({ limit, offset });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  // Something was bought between the two questions and has moved all others: once more.
  if (answer.value.total_count !== total) return { ...nothing, cursor: String(read) };
  const from = sinceOf(asked.request, PROVIDER, heard);
  const until = untilOf(asked);
  const items = answer.value.data.toReversed();
  return {
    kind: 'shown',
    objects: items.filter((item) => changedAt(item) >= from && changedAt(item) <= until),
    askedAt,
    cursor: offset === 0 ? null : String(read + limit),
    total,
  };
}

function changedAt(item: Readonly<Record<string, unknown>>): number {
  return Number(item['updated_at'] ?? 0);
}
