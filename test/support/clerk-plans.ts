// Clerk plans beside the one of the samples: a dearer one, and the free one that everybody has.

import { clerkItem, clerkPlan } from '../../src/samples/clerk-billing.ts';

export const TEAM_PLAN = { id: 'cplan_team', name: 'Team Plan', slug: 'team', amount: 5000 };

const FREE_PLAN = {
  id: 'cplan_free',
  name: 'Free Plan',
  slug: 'free',
  amount: 0,
  is_default: true,
};

/** The free plan's item: there from sign-up on, the same for ever. */
export function freeItem(
  overrides: Parameters<typeof clerkItem>[0] = {},
): ReturnType<typeof clerkItem> {
  return clerkItem({
    id: 'csub_item_free',
    period_end: null,
    plan_id: FREE_PLAN.id,
    plan: clerkPlan(FREE_PLAN),
    ...overrides,
  });
}
