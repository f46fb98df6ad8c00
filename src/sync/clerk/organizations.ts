// Clerk's organizations, and who is in them: all of them, the oldest first, so that what is made meanwhile comes at the end.
// https://clerk.com/docs/reference/backend-api/tag/Organizations

import { CLERK_PAGE_MAX } from '../../apis/clerk-lists.ts';
import { unanswered } from '../ask.ts';
import type { Listing, Source } from '../list.ts';
import { isBackfill, OVERLAP, untilOf } from '../until.ts';
import { ofInstance } from './instance.ts';

const PROVIDER = 'clerk';

/** Not a word to anybody: each member is told once, when all of it is here. */
const SILENTLY = { isBaseline: true, isSilent: () => true };

export const clerkOrganizations: Listing = {
  name: 'clerk_organizations',
  provider: PROVIDER,
  isOfOrganizations: true,
  show: ofInstance(listed('organizations')),
  taking: ({ heard }, { request }) =>
    isBackfill(request) ? SILENTLY : { isBaseline: false, isNew: madeSince(heard) },
};

export const clerkMemberships: Listing = {
  name: 'clerk_memberships',
  provider: PROVIDER,
  isOfOrganizations: true,
  rows: 3,
  show: ofInstance(listed('memberships')),
  taking: ({ heard }, { request }) =>
    isBackfill(request)
      ? { ...SILENTLY, memberOf, isOfKnown: request.activeSince !== undefined }
      : { isBaseline: false, memberOf, isMade: madeSince(heard) },
};

type Json = Readonly<Record<string, unknown>>;

/** Since we are here their making was ours to hear. */
function madeSince(heard: Source['heard']) {
  const heardSince = heard[PROVIDER] ?? Infinity;
  return (object: Json) => Number(object['created_at'] ?? 0) >= heardSince;
}

function memberOf({ public_user_data: user }: Json): string {
  return typeof user === 'object' && user !== null && 'user_id' in user ? String(user.user_id) : '';
}

/** The cursor: behind how many rows a page begins. No list can be asked for what changed since. */
function listed(list: 'organizations' | 'memberships'): Parameters<typeof ofInstance>[0] {
  return async (clerk, asked, { now }) => {
    const offset = Number(asked.cursor ?? 0);
    const askedAt = now();
    const answer = await clerk[list]({ limit: CLERK_PAGE_MAX, offset });
    if (answer.kind !== 'ok') return unanswered(PROVIDER, answer);
    const { data, total_count: total } = answer.value;
    const until = untilOf(asked);
    return {
      kind: 'shown',
      objects: data.filter((object) => Number(object['updated_at'] ?? 0) <= until),
      askedAt,
      cursor: offset + CLERK_PAGE_MAX < total ? String(offset + CLERK_PAGE_MAX - OVERLAP) : null,
      total,
    };
  };
}
