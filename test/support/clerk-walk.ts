// A walk through what one person buys by Clerk Billing, as Clerk sends it: items come and go under one subscription, in order,
// and beside them payments, sign-ins and changes of the user, which may arrive at any time.

import {
  CLERK_CREATED as BEGAN,
  clerkItem,
  clerkPayment,
  clerkPlan,
  MONTH,
} from '../../src/samples/clerk-billing.ts';
import { clerkSession } from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { TEAM_PLAN } from './clerk-plans.ts';

type Sent = ReturnType<typeof clerkEvent>;
type Item = Parameters<typeof clerkItem>[0];

const DAY = 86_400_000;
const BASIC_PLAN = { id: 'cplan_basic', slug: 'basic', amount: 900, annual_monthly_amount: 800 };
const PLANS = [{}, TEAM_PLAN, BASIC_PLAN];

type Walk = {
  /** Of the items: Clerk says nothing of what was before, so their order counts. */
  readonly items: readonly Sent[];
  /** Whatever else happened: it counts by itself, whenever it comes. */
  readonly others: readonly Sent[];
};

/** One step a number. */
export function clerkWalk(choices: readonly number[]): Walk {
  const items: Sent[] = [];
  const others: Sent[] = [];
  let now = BEGAN;
  let count = 0;
  let item: NonNullable<Item> = {};
  let plan = 0;

  function send(type: string, change: Item = {}): void {
    now += 60_000;
    item = { ...item, ...change, updated_at: now };
    items.push(clerkEvent(`subscriptionItem.${type}`, clerkItem(item), now));
  }

  function buy(next: number): void {
    plan = next % PLANS.length;
    count += 1;
    now += 1000;
    item = {
      id: `csub_item_${count}`,
      status: 'active',
      created_at: now,
      period_start: now,
      period_end: now + MONTH,
      ...planOf(plan),
    };
    send('active');
    pay('checkout');
  }

  /** Both events that say so. */
  function pay(reason: 'checkout' | 'recurring', status: 'paid' | 'failed' = 'paid'): void {
    count += 1;
    const nested = clerkItem({ ...item, payer: null, subscription_id: null });
    const attempt = clerkPayment({
      id: `pa_${count}`,
      payment_id: `cpa_${count}`,
      status,
      charge_type: reason,
      created_at: now,
      updated_at: now,
      paid_at: status === 'paid' ? now : null,
      failed_at: status === 'failed' ? now : null,
      subscription_items: [nested],
    });
    others.push(
      clerkEvent('paymentAttempt.created', attempt, now),
      clerkEvent('paymentAttempt.updated', attempt, now),
    );
  }

  const steps: readonly (() => void)[] = [
    () => {
      send('ended', { status: 'ended', ended_at: now });
      buy(plan + 1);
    },
    () => send('canceled', { status: 'canceled', canceled_at: now }),
    () => send('updated', { status: 'active', canceled_at: null }),
    () => {
      now = Math.max(now, Number(item.period_end));
      send('updated', { period_start: now, period_end: now + MONTH });
      pay('recurring');
    },
    () => {
      pay('recurring', 'failed');
      send('pastDue', { status: 'past_due' });
    },
    () => {
      now += DAY;
      const session = clerkSession({ id: `sess_${now}`, created_at: now });
      others.push(clerkEvent('session.created', session, now));
    },
    () => {
      now += DAY;
      const user = clerkUser({ first_name: `Ada ${now}`, updated_at: now });
      others.push(clerkEvent('user.updated', user, now));
    },
  ];

  others.push(clerkEvent('user.created', clerkUser(), now));
  buy(choices[0] ?? 0);
  for (const choice of choices.slice(1)) steps[choice % steps.length]?.();
  return { items, others };
}

function planOf(index: number): NonNullable<Item> {
  const plan = clerkPlan(PLANS[index]);
  return { plan_id: plan.id ?? '', plan };
}
