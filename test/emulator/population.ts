// Everybody who was there before: users of Clerk and subscriptions of Stripe, as many as are asked for, made when somebody looks
// at them. They may be changed, added and removed while lists are read. The same numbers make the same people.

import { clerkEmail, clerkUser } from '../../src/samples/clerk.ts';
import { customer, invoice, item, subscription } from '../../src/samples/stripe.ts';

export type ApiObject = Readonly<Record<string, unknown>>;

/** A list in the order of its making. `at` null: removed. Times in Stripe's or Clerk's own unit. */
export type Source = {
  readonly size: () => number;
  readonly at: (index: number) => ApiObject | null;
  readonly createdAt: (index: number) => number;
  /** Below 0: there is none. */
  readonly indexOf: (id: string) => number;
};

type Sizes = { readonly users: number; readonly subscriptions: number };

export type Population = ReturnType<typeof createPopulation>;

/** When the first was made, Unix seconds; then one in so many. */
const FIRST_AT = Date.UTC(2023, 0) / 1000;
const EVERY = 600;

const STATUSES = ['active', 'active', 'active', 'trialing', 'canceled', 'past_due'] as const;

export function createPopulation({ users, subscriptions }: Sizes) {
  const changed = new Map<number, ApiObject>();
  const removed = new Set<number>();
  let userCount = users;

  const userId = (index: number) => `user_p${index}`;
  const customerId = (index: number) => `cus_p${index}`;
  /** Every subscription has a customer of its own, and people may have several. */
  const payerOf = (index: number) => Math.floor((index * users) / subscriptions);
  const secondsOf = (index: number) => FIRST_AT + index * EVERY;
  const statusOf = (index: number) => STATUSES[index % STATUSES.length] ?? 'active';

  function userAt(index: number): ApiObject | null {
    if (removed.has(index) || index < 0 || index >= userCount) return null;
    const at = secondsOf(index) * 1000;
    const made = clerkUser({
      id: userId(index),
      first_name: `Name${index}`,
      email_addresses: [clerkEmail('idn_1', `person${index}@example.test`)],
      created_at: at,
      updated_at: at,
    });
    return { ...made, last_active_at: at, ...changed.get(index) };
  }

  /** As a list shows it, with what may be expanded. */
  function subscriptionAt(index: number): ApiObject | null {
    if (index < 0 || index >= subscriptions) return null;
    const created = secondsOf(index) + 1;
    const status = statusOf(index);
    const card = {
      id: `pm_p${index}`,
      object: 'payment_method',
      type: 'card',
      customer: customerId(index),
      card: { brand: 'visa', last4: '4242', exp_month: 1 + (index % 12), exp_year: 2030 },
    };
    const payer = customer({
      id: customerId(index),
      metadata: { clerkUserId: userId(payerOf(index)) },
    });
    const settings = { invoice_settings: { default_payment_method: card } };
    const one = subscription({
      id: `sub_p${index}`,
      status,
      created,
      start_date: created,
      items: {
        object: 'list',
        data: [item({ current_period_start: created, current_period_end: created + 2_592_000 })],
      },
      ...(status === 'trialing' ? { trial_start: created, trial_end: created + 2_592_000 } : {}),
      ...(status === 'canceled' ? { canceled_at: created + 5000, ended_at: created + 5000 } : {}),
    });
    return { ...one, livemode: false, customer: { ...payer, ...settings } };
  }

  /** One paid invoice for each that is in no trial. */
  function invoiceAt(index: number): ApiObject | null {
    if (index < 0 || index >= subscriptions || statusOf(index) === 'trialing') return null;
    const created = secondsOf(index) + 2;
    const id = `sub_p${index}`;
    const paid = invoice(
      {
        id: `in_p${index}`,
        customer: customerId(index),
        created,
        total: 4900,
        billing_reason: 'subscription_create',
        status_transitions: { paid_at: created },
      },
      { periodStart: created, subscription: id },
    );
    return { ...paid, livemode: false };
  }

  function source(
    prefix: string,
    size: () => number,
    about: Pick<Source, 'at' | 'createdAt'>,
  ): Source {
    const indexOf = (id: string) => {
      const [, digits = ''] = new RegExp(`^${prefix}(\\d+)$`).exec(id) ?? [];
      const index = digits === '' ? -1 : Number(digits);
      return index >= 0 && index < size() && about.at(index) !== null ? index : -1;
    };
    return { size, indexOf, ...about };
  }

  return {
    users: source('user_p', () => userCount, {
      at: userAt,
      createdAt: (index) => secondsOf(index) * 1000,
    }),
    subscriptions: source('sub_p', () => subscriptions, {
      at: subscriptionAt,
      createdAt: (index) => secondsOf(index) + 1,
    }),
    invoices: source('in_p', () => subscriptions, {
      at: invoiceAt,
      createdAt: (index) => secondsOf(index) + 2,
    }),
    /** Who has changed, the newest change first. */
    changedUsers: () =>
      [...changed.keys()]
        .filter((index) => !removed.has(index))
        .toSorted((a, b) => updatedAt(userAt(b)) - updatedAt(userAt(a))),
    hasChanged: (index: number) => changed.has(index),
    change: (index: number, fields: ApiObject) => {
      changed.set(index, { ...changed.get(index), ...fields });
    },
    remove: (index: number) => {
      removed.add(index);
    },
    removedCount: () => removed.size,
    /** Somebody signs up. */
    add: () => {
      userCount += 1;
      return userCount - 1;
    },
    userId,
    payerOf,
    statusOf,
  };
}

function updatedAt(user: ApiObject | null): number {
  return Number(user?.['updated_at'] ?? 0);
}
