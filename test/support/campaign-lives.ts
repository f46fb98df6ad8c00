// For every campaign of docs/campaigns.md the webhooks that bring somebody into it, and those that end it or keep them
// out, as each provider sends them. Their ids are the samples': `ownedBy` makes them one person's.

import {
  CLERK_CREATED as BEGAN,
  clerkItem,
  clerkPayment,
  clerkPlan,
  MONTH,
} from '../../src/samples/clerk-billing.ts';
import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { owedInvoice, paymentMethod } from '../../src/samples/stripe-money.ts';
import {
  checkoutSession,
  CREATED,
  customer,
  DAY,
  invoice,
  item as stripeItem,
  phase,
  price,
  schedule,
  stripeEvent,
  subscription,
  TEAM,
} from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { freeItem, TEAM_PLAN } from './clerk-plans.ts';
import { changed, ended, having, made, paid, PRO } from './stripe-life.ts';
import type { Subscription } from './stripe-life.ts';

/** Someone in the campaign, and how they leave it; `stopped` lives whole lives of their own, by the filter that stops them. */
export type Life = {
  readonly begins: readonly SampleWebhook[];
  readonly exits: Readonly<Record<string, readonly SampleWebhook[]>>;
  readonly stopped: Readonly<Record<string, readonly SampleWebhook[]>>;
};

type Told = ReturnType<typeof clerkEvent> | StripeEventJson;

function all(...events: readonly Told[]): SampleWebhook[] {
  return events.map((body) => ({ provider: 'api_version' in body ? 'stripe' : 'clerk', body }));
}

/** The same webhooks about one person alone: every id that the samples count, and the events' own. */
export function ownedBy(userId: string, webhooks: readonly SampleWebhook[]): SampleWebhook[] {
  const tag = userId.replace('user_', '');
  const counted = /"((?:cus|sub|sub_sched|si|in|il|cs|pm|csub|csub_item|cpa|pa|cpayer)_\w*\d)"/g;
  const text = JSON.stringify(webhooks)
    .replaceAll(counted, `"$1_${tag}"`)
    .replaceAll(/"(evt_\w+)"/g, `"$1${tag}"`)
    .replaceAll('user_2abcDEF', userId);
  return JSON.parse(text) as SampleWebhook[];
}

const signUp = clerkEvent('user.created', clerkUser());
const metadata = { clerkUserId: 'user_2abcDEF' };
const linked = stripeEvent('customer.created', customer({ metadata }));
const JOINED = all(signUp, linked);

/** At a day of the samples' year. */
function item(type: string, day: number, overrides: Parameters<typeof clerkItem>[0] = {}): Told {
  const at = BEGAN + day * DAY_MS;
  return clerkEvent(`subscriptionItem.${type}`, clerkItem({ updated_at: at, ...overrides }), at);
}

function attempt(day: number, overrides: Parameters<typeof clerkPayment>[0]): Told {
  const at = BEGAN + day * DAY_MS;
  return clerkEvent('paymentAttempt.updated', clerkPayment(overrides), at);
}

const DAY_MS = DAY * 1000;
const clerkTrialEnds = BEGAN + 14 * DAY_MS;
const clerkTrial = { is_free_trial: true, period_end: clerkTrialEnds };
const clerkStarted = item('active', 0, clerkTrial);
const clerkPaying = { period_start: clerkTrialEnds, period_end: clerkTrialEnds + MONTH };
const clerkPaid = [
  item('updated', 14, clerkPaying),
  attempt(14, { subscription_items: [clerkItem({ payer: null, ...clerkPaying })] }),
];
const clerkBought = item('active', 0);
const clerkFree = (day: number) =>
  clerkEvent(
    'subscriptionItem.active',
    freeItem({ updated_at: BEGAN + day * DAY_MS }),
    BEGAN + day * DAY_MS,
  );
const canceledOn = (day: number, more: Parameters<typeof clerkItem>[0] = {}) =>
  item('canceled', day, { status: 'canceled', canceled_at: BEGAN + day * DAY_MS, ...more });
const otherPlan = (plan: Parameters<typeof clerkPlan>[0], day: number) => ({
  id: 'csub_item_2',
  created_at: BEGAN + day * DAY_MS,
  period_start: BEGAN + day * DAY_MS,
  period_end: BEGAN + day * DAY_MS + MONTH,
  plan_id: plan?.id ?? '',
  plan: clerkPlan(plan),
});
const BASIC_PLAN = { id: 'cplan_basic', slug: 'basic', amount: 900, annual_monthly_amount: 800 };

const TRIAL_END = CREATED + 14 * DAY;
const OVER = { trial_start: CREATED, trial_end: TRIAL_END };
const TRIAL = { ...OVER, status: 'trialing' };
const from = (at: number) =>
  having(stripeItem({ current_period_start: at, current_period_end: at + 30 * DAY }));
const FIRST = { ...OVER, ...from(TRIAL_END) };
const BASIC = {
  id: 'price_basic',
  lookup_key: 'basic',
  product: 'prod_basic',
  unit_amount: 900,
  unit_amount_decimal: '900',
};
const plan = (which: Parameters<typeof price>[0]) => having(stripeItem({ price: price(which) }));
const CANCEL_AT = CREATED + 30 * DAY;
const again = made(60, { id: 'sub_2' });
const cancelOn = (day: number, status: Subscription = {}) =>
  changed(day, { ...status, cancel_at: CANCEL_AT }, { cancel_at: null });
const converts = [changed(14, FIRST, { status: 'trialing' }), paid(14)];

function session(type: string, day: number, overrides: Parameters<typeof checkoutSession>[0]) {
  const created = CREATED + day * DAY;
  return stripeEvent(`checkout.session.${type}`, checkoutSession({ created, ...overrides }), {
    created: created + 60,
  });
}

function failed(overrides: Parameters<typeof invoice>[0] = {}) {
  const open = {
    id: 'in_30',
    status: 'open',
    amount_paid: 0,
    created: CREATED + 30 * DAY,
  } as const;
  const created = CREATED + 30 * DAY + 60;
  return stripeEvent('invoice.payment_failed', invoice({ ...open, ...overrides }), { created });
}

function cardAttached(id: string, day: number, expires: Date) {
  const card = {
    ...paymentMethod().card,
    exp_month: expires.getUTCMonth() + 1,
    exp_year: expires.getUTCFullYear(),
  };
  const created = CREATED + day * DAY;
  return stripeEvent('payment_method.attached', paymentMethod({ id, created, card }), { created });
}

/** When all this is looked at, in Unix milliseconds: a card of this month expires within 31 days of it. */
export const LOOKED_AT = Date.now();

const expiring = cardAttached('pm_1', 1, new Date(LOOKED_AT));
const due = changed(30, { status: 'past_due' }, { status: 'active' });
const scheduledDown = stripeEvent('subscription_schedule.created', schedule(), {
  created: CREATED + 5 * DAY,
});

function willEnd(object: Subscription): StripeEventJson {
  const about = { created: CREATED + 11 * DAY };
  return stripeEvent('customer.subscription.trial_will_end', subscription(object), about);
}

/** Its last day is over, and the free plan is back. */
function over(day: number): Told[] {
  const [canceled, end] = [BEGAN + 10 * DAY_MS, BEGAN + day * DAY_MS];
  const last = { status: 'ended', canceled_at: canceled, ended_at: end } as const;
  return [item('ended', day, last), clerkFree(day + 1)];
}

function planned(status: 'upcoming' | 'abandoned', day: number): Told {
  const next = { ...otherPlan(BASIC_PLAN, 30), created_at: BEGAN + 5 * DAY_MS };
  return item(status, day, { ...next, status });
}

function saying(feedback: 'too_expensive'): Subscription {
  const details = { reason: 'cancellation_requested', feedback } as const;
  return { cancel_at: CANCEL_AT, cancellation_details: details };
}

const LEFT = {
  status: 'expired',
  payment_status: 'unpaid',
  subscription: null,
  after_expiration: { recovery: { enabled: true, url: 'https://buy.example.test/r/1' } },
} as const;

/** By goal, then by who tells it. */
export const LIVES: Readonly<Record<string, Readonly<Record<string, Life>>>> = {
  Welcome: {
    clerk: {
      begins: all(signUp),
      exits: {
        trial_started: all(clerkStarted),
        subscription_started: all(clerkBought),
      },
      stopped: {
        'customer.emailVerified = true': all(
          clerkEvent(
            'user.created',
            clerkUser({
              email_addresses: [{ ...clerkEmail('idn_1', 'ada@example.test'), verification: null }],
            }),
          ),
        ),
      },
    },
  },
  'Trial ending': {
    clerk: {
      begins: all(signUp, clerkStarted, item('freeTrialEnding', 11, clerkTrial)),
      exits: {
        trial_converted: all(...clerkPaid),
        trial_expired: all(clerkFree(14)),
        cancellation_scheduled: all(canceledOn(12, clerkTrial)),
      },
      stopped: {
        'customer.cancelAt = null': all(
          signUp,
          clerkStarted,
          canceledOn(2, clerkTrial),
          item('freeTrialEnding', 11, {
            ...clerkTrial,
            status: 'canceled',
            canceled_at: BEGAN + 2 * DAY_MS,
          }),
        ),
      },
    },
    stripe: {
      begins: [...JOINED, ...all(made(0, TRIAL), willEnd(TRIAL))],
      exits: {
        trial_converted: all(...converts),
        trial_expired: all(ended(14, OVER)),
        cancellation_scheduled: all(cancelOn(12, TRIAL)),
      },
      stopped: {
        'customer.cancelAt = null': [
          ...JOINED,
          ...all(
            made(0, TRIAL),
            changed(2, { ...TRIAL, cancel_at: TRIAL_END }, { cancel_at: null }),
            willEnd({ ...TRIAL, cancel_at: TRIAL_END }),
          ),
        ],
      },
    },
  },
  'Trial expired': {
    clerk: {
      begins: all(signUp, clerkStarted, clerkFree(14)),
      exits: { subscription_started: all(item('active', 20, otherPlan(TEAM_PLAN, 20))) },
      stopped: {},
    },
    stripe: {
      begins: [
        ...JOINED,
        ...all(made(0, TRIAL), changed(14, { ...OVER, status: 'paused' }, { status: 'trialing' })),
      ],
      exits: {
        trial_converted: all(
          changed(20, { ...OVER, ...from(CREATED + 20 * DAY) }, { status: 'paused' }),
          paid(20, { billing_reason: 'subscription_update' }),
        ),
        subscription_started: all(again),
      },
      stopped: {
        'customer.subscriptionsCount = 0': [
          ...JOINED,
          ...all(made(0, { id: 'sub_2' }), made(1, TRIAL), ended(14, OVER)),
        ],
      },
    },
  },
  'Win-back': {
    clerk: {
      begins: all(signUp, clerkBought, canceledOn(10), ...over(30)),
      exits: { subscription_started: all(item('active', 60, otherPlan(TEAM_PLAN, 60))) },
      stopped: {},
    },
    stripe: {
      begins: [...JOINED, ...all(made(0), ended(30))],
      exits: { subscription_started: all(again) },
      stopped: {
        'event.subscriptions_left = 0': [
          ...JOINED,
          ...all(made(0), made(1, { id: 'sub_2' }), ended(30)),
        ],
      },
    },
  },
  Dunning: {
    clerk: {
      begins: all(
        signUp,
        clerkBought,
        item('pastDue', 30, { status: 'past_due', past_due_at: BEGAN + MONTH }),
        attempt(30, { status: 'failed', paid_at: null, failed_at: BEGAN + MONTH }),
      ),
      exits: {
        payment_recovered: all(item('active', 33, { period_start: BEGAN + MONTH })),
        subscription_canceled: all(clerkFree(37)),
      },
      stopped: {
        'event.billing_reason != subscription_create': all(
          signUp,
          attempt(0, { status: 'failed', paid_at: null, charge_type: 'checkout' }),
        ),
      },
    },
    stripe: {
      begins: [...JOINED, ...all(made(0), due, failed())],
      exits: {
        payment_recovered: all(changed(33, from(CREATED + 30 * DAY), { status: 'past_due' })),
        invoice_written_off: all(
          stripeEvent(
            'invoice.marked_uncollectible',
            owedInvoice({ id: 'in_30', status: 'uncollectible' }),
            {
              created: CREATED + 50 * DAY,
            },
          ),
        ),
        subscription_canceled: all(ended(50)),
      },
      stopped: {
        'event.billing_reason != subscription_create': [
          ...JOINED,
          ...all(failed({ billing_reason: 'subscription_create' })),
        ],
      },
    },
  },
  'Card expiring': {
    stripe: {
      begins: [...JOINED, ...all(made(0), expiring)],
      exits: { payment_method_updated: all(cardAttached('pm_2', 2, new Date(Date.UTC(2090, 0)))) },
      stopped: {
        'customer.subscriptionStatus = active': [...JOINED, ...all(made(0), expiring, ended(30))],
        'customer.cancelAt = null': [...JOINED, ...all(made(0), expiring, cancelOn(5))],
      },
    },
  },
  'Upgrade thanks': {
    clerk: {
      begins: all(signUp, clerkBought, item('active', 5, otherPlan(TEAM_PLAN, 5))),
      exits: {
        plan_downgraded: all(
          item('active', 35, { ...otherPlan(BASIC_PLAN, 35), id: 'csub_item_3' }),
        ),
        subscription_canceled: all(clerkFree(40)),
      },
      stopped: {},
    },
    stripe: {
      begins: [...JOINED, ...all(made(0), changed(5, plan(TEAM), PRO))],
      exits: {
        plan_downgraded: all(changed(6, PRO, plan(TEAM))),
        subscription_canceled: all(ended(30, plan(TEAM))),
      },
      stopped: {
        'customer.subscriptionStatus = active': [
          ...JOINED,
          ...all(made(0, TRIAL), changed(5, { ...TRIAL, ...plan(TEAM) }, PRO)),
        ],
      },
    },
  },
  'Downgrade save': {
    clerk: {
      begins: all(signUp, clerkBought, planned('upcoming', 5)),
      exits: {
        plan_change_unscheduled: all(planned('abandoned', 6)),
        plan_downgraded: all(item('active', 30, otherPlan(BASIC_PLAN, 30))),
      },
      stopped: {
        'customer.cancelAt = null': all(signUp, clerkBought, canceledOn(4), planned('upcoming', 5)),
      },
    },
    stripe: {
      begins: [...JOINED, ...all(made(0), scheduledDown)],
      exits: {
        plan_change_unscheduled: all(
          stripeEvent(
            'subscription_schedule.updated',
            schedule({
              phases: [phase('price_pro', { start_date: CREATED, end_date: CREATED + 30 * DAY })],
            }),
            { created: CREATED + 6 * DAY, previous: { phases: schedule().phases ?? [] } },
          ),
        ),
        plan_downgraded: all(changed(30, plan(BASIC), PRO)),
      },
      stopped: {
        'customer.cancelAt = null': [...JOINED, ...all(made(0), cancelOn(4), scheduledDown)],
      },
    },
  },
  'Churn survey': {
    clerk: {
      begins: all(signUp, clerkBought, canceledOn(10)),
      exits: { cancellation_undone: all(item('updated', 11)) },
      stopped: {},
    },
    stripe: {
      begins: [...JOINED, ...all(made(0), cancelOn(5))],
      exits: {
        cancellation_undone: all(changed(6, {}, { cancel_at: CANCEL_AT })),
        cancellation_feedback_given: all(
          changed(6, saying('too_expensive'), { cancellation_details: { feedback: null } }),
        ),
      },
      stopped: {
        'event.feedback = null': [
          ...JOINED,
          ...all(made(0), changed(5, saying('too_expensive'), { cancel_at: null })),
        ],
      },
    },
  },
  'Abandoned checkout': {
    stripe: {
      begins: [...JOINED, ...all(session('expired', 1, LEFT))],
      exits: {
        checkout_completed: all(session('completed', 2, { id: 'cs_2' })),
        subscription_started: all(made(3)),
      },
      stopped: {
        'event.has_subscription = false': [...JOINED, ...all(made(0), session('expired', 1, LEFT))],
      },
    },
  },
};
