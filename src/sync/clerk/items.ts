// Clerk Billing's items: what people have bought, and had. The list has the newest first; it is walked from its other end, so
// that a purchase is told before the one that follows it. https://clerk.com/docs/reference/backend-api/tag/Billing

import { CLERK_PAGE_MAX } from '../../apis/clerk-lists.ts';
import { unanswered } from '../ask.ts';
import type { JobWorld, PageRequest, PageResult } from '../kind.ts';
import { pageDone } from '../list.ts';
import type { SourceList } from '../list.ts';
import { sinceOf, untilOf } from '../until.ts';
import { KEY_GONE, listsOf } from './users.ts';

const PROVIDER = 'clerk';

export const clerkItems: SourceList = { name: 'clerk_items', provider: PROVIDER, page };

/** The cursor: how many are read, counted from the oldest; what is bought meanwhile stands before all others. */
async function page(world: JobWorld, asked: PageRequest): Promise<PageResult> {
  const lists = listsOf(world);
  if (lists === null) return KEY_GONE;
  const count = await lists.items({ limit: 1, offset: 0 });
  // An instance without Billing has no such list.
  if (count.kind === 'rejected') return { kind: 'page', cursor: null, counts: {} };
  if (count.kind !== 'ok') return unanswered(PROVIDER, count);
  const total = count.value.total_count;
  const read = Number(asked.cursor ?? 0);
  const limit = Math.min(CLERK_PAGE_MAX, Math.max(0, total - read));
  if (limit === 0) return { kind: 'page', cursor: null, counts: { total } };
  const offset = total - read - limit;
  const from = sinceOf(asked.request, world.heard[PROVIDER]);
  const until = untilOf(asked);
  const askedAt = world.now();
  const answer = await lists.items({ limit, offset });
  if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
  return pageDone(world, asked, {
    provider: PROVIDER,
    objects: answer.value.data.toReversed().filter((item) => isInTime(item, { from, until })),
    askedAt,
    // What changed is told once, by this or by its webhook: Clerk says no before.
    isBaseline: false,
    isSilent: (item) => isFromBefore(item, { asked, heard: world.heard[PROVIDER] }),
    isOfKnown: asked.request.activeSince !== undefined,
    cursor: offset === 0 ? null : String(read + limit),
    total,
  });
}

/** Of several purchases of somebody unknown the second would tell what became of the first, before any webhook could. */
function isFromBefore(
  item: Readonly<Record<string, unknown>>,
  { asked, heard = Infinity }: { readonly asked: PageRequest; readonly heard: number | undefined },
): boolean {
  return asked.request.kind === 'backfill' && Number(item['updated_at'] ?? 0) < heard;
}

function isInTime(
  item: Readonly<Record<string, unknown>>,
  { from, until }: { readonly from: number; readonly until: number },
): boolean {
  const at = Number(item['updated_at'] ?? 0);
  return at >= from && at <= until;
}
