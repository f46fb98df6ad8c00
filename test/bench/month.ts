// What one paying person makes Clerk and Stripe send: the webhooks of signing up, and those of each month after it, with ids, names
// and addresses as long as the providers' own. It is the mix that *What it costs* in src/README.md assumes: twenty a month.

import { createHash } from 'node:crypto';

import { clerkSession } from '../../src/samples/clerk-organization.ts';
import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import type { Json } from '../../src/samples/payload.ts';
import {
  oneOffCharge,
  oneOffIntent,
  paymentMethod,
  upcomingInvoice,
} from '../../src/samples/stripe-money.ts';
import {
  checkoutSession,
  customer,
  DAY,
  invoice,
  item,
  price,
  stripeEvent,
  subscription,
} from '../../src/samples/stripe.ts';

export type BenchWebhook = {
  readonly provider: 'clerk' | 'stripe';
  readonly type: string;
  readonly json: Json;
  /** Of the delivery, as the transport has it. */
  readonly id: string;
  /** Unix seconds. */
  readonly at: number;
};

const MONTH = 30 * DAY;
const FIRST_NAMES = [
  'Ada',
  'Grace',
  'Katherine',
  'Joan',
  'Margaret',
  'Radia',
  'Barbara',
  'Frances',
];
const LAST_NAMES = ['Lovelace', 'Hopper', 'Johnson', 'Clarke', 'Hamilton', 'Perlman', 'Liskov'];

/** So many webhooks has a month after the first. */
export const A_MONTH = 20;

/** Of the person `number`, who signed up at `began`, Unix seconds. `months` after the first. */
export function webhooksOfPerson(number: number, began: number, months: number): BenchWebhook[] {
  const person = personOf(number, began);
  return [
    ...person.signUp(),
    ...Array.from({ length: months }, (_, month) => person.month(month + 1)).flat(),
  ];
}

function personOf(number: number, began: number) {
  const token = (kind: string, length: number) => tokenOf(`${number} ${kind}`, length);
  const userId = `user_${token('user', 27)}`;
  const ids = {
    customer: `cus_${token('customer', 14)}`,
    subscription: `sub_1${token('subscription', 23)}`,
    method: `pm_1${token('method', 23)}`,
  };
  const firstName = FIRST_NAMES[number % FIRST_NAMES.length] ?? '';
  const lastName = LAST_NAMES[number % LAST_NAMES.length] ?? '';
  const email = `${firstName}.${lastName}.${token('email', 5)}@example.com`.toLowerCase();

  function user(at: number, change: number): Json {
    return clerkUser({
      id: userId,
      first_name: firstName,
      last_name: lastName,
      image_url: `https://img.clerk.com/${token(`image ${change}`, 150)}`,
      email_addresses: [clerkEmail('idn_1', email)],
      created_at: began * 1000,
      updated_at: at * 1000,
    });
  }

  function clerk(type: string, at: number, data: Json): BenchWebhook {
    const json = clerkEvent(type, data, at * 1000);
    return { provider: 'clerk', type, json, at, id: `msg_${token(`${type} ${at}`, 27)}` };
  }

  function stripe(type: string, at: number, object: Json, previous?: Json): BenchWebhook {
    const id = `evt_1${token(`${type} ${at}`, 23)}`;
    const about = previous === undefined ? {} : { previous };
    const json = stripeEvent(type, object, { created: at, id, ...about });
    return { provider: 'stripe', type, json, id, at };
  }

  function signIn(at: number): BenchWebhook {
    const session = { ...clerkSession(), id: `sess_${token(`session ${at}`, 27)}` };
    const whose = { user_id: userId, created_at: at * 1000, user: user(began, 0) };
    return clerk('session.created', at, { ...session, ...whose });
  }

  function subscribed(start: number): Json {
    const period = { current_period_start: start, current_period_end: start + MONTH };
    const only = item({ id: `si_${token('item', 14)}`, price: boughtPrice(), ...period });
    return subscription({
      id: ids.subscription,
      customer: ids.customer,
      created: began,
      start_date: began,
      items: { object: 'list', data: [only] },
      metadata: { clerkUserId: userId },
    });
  }

  function billed(start: number): Json {
    const id = token(`invoice ${start}`, 23);
    const more = {
      id: `in_1${id}`,
      customer: ids.customer,
      created: start,
      status_transitions: { paid_at: start + 3600 },
      hosted_invoice_url: `https://invoice.stripe.com/i/acct_1${token('account', 15)}/live_${token(id, 130)}?s=ap`,
    };
    const line = { periodStart: start, subscription: ids.subscription, priceId: boughtPrice().id };
    return invoice(more, line);
  }

  function bill(start: number): BenchWebhook[] {
    const [intentId, invoiceId] = [`pi_3${token(`intent ${start}`, 23)}`, billed(start)['id']];
    const paid = { customer: ids.customer, created: start, description: 'Subscription update' };
    const charged = {
      ...paid,
      id: `ch_3${token(`charge ${start}`, 23)}`,
      payment_intent: intentId,
    };
    return [
      stripe('invoice.paid', start + 3601, billed(start)),
      stripe('invoice.payment_succeeded', start + 3602, billed(start)),
      stripe('charge.succeeded', start + 3603, { ...oneOffCharge(charged), invoice: invoiceId }),
      stripe('payment_intent.succeeded', start + 3604, {
        ...oneOffIntent({ ...paid, id: intentId }),
        invoice: invoiceId,
      }),
    ];
  }

  function buyer(change: number): Json {
    const settings = { invoice_settings: { default_payment_method: ids.method } };
    return { ...customer({ id: ids.customer, created: began }), ...settings, balance: change };
  }

  function signUp(): BenchWebhook[] {
    const card = paymentMethod({ id: ids.method, customer: ids.customer, created: began + 100 });
    const session = checkoutSession({
      id: `cs_live_${token('checkout', 58)}`,
      customer: ids.customer,
      subscription: ids.subscription,
      created: began + 100,
      client_reference_id: userId,
      metadata: { clerkUserId: userId },
    });
    return [
      clerk('user.created', began, user(began, 0)),
      signIn(began + 1),
      stripe('checkout.session.completed', began + 101, session),
      stripe('customer.created', began + 102, buyer(0)),
      stripe('payment_method.attached', began + 103, card),
      stripe('customer.subscription.created', began + 104, subscribed(began)),
      ...bill(began),
    ];
  }

  /** Eight sign-ins, four changes of the user of which one is of a trait, and what a renewal makes Stripe send. */
  function month(count: number): BenchWebhook[] {
    const start = began + count * MONTH;
    const signIns = Array.from({ length: 8 }, (_, index) => signIn(start + (index + 1) * 3 * DAY));
    const changes = Array.from({ length: 4 }, (_, index) => {
      const at = start + (index + 1) * 5 * DAY + 7;
      return clerk('user.updated', at, user(at, count));
    });
    const renewed = subscribed(start);
    const ended = { items: subscribed(start - MONTH)['items'] };
    const renewal = { ...upcomingInvoice(), ...billed(start), status: 'draft', id: undefined };
    return [
      stripe('invoice.upcoming', start - 3 * DAY, renewal),
      stripe('customer.subscription.updated', start + 1, renewed, ended),
      ...bill(start),
      stripe('customer.updated', start + 3605, buyer(count), { balance: count - 1 }),
      ...signIns,
      ...changes,
      stripe('payment_method.updated', start + 4000, {
        ...paymentMethod({ id: ids.method, customer: ids.customer, created: began + 100 }),
      }),
    ];
  }

  return { signUp, month };
}

function boughtPrice() {
  const id = `price_1${tokenOf('price', 23)}`;
  return {
    ...price({ id, product: `prod_${tokenOf('product', 14)}`, lookup_key: 'pro_monthly' }),
    id,
  };
}

/** As random as the providers' own, and the same in every run. */
function tokenOf(seed: string, length: number): string {
  let text = '';
  for (let round = 0; text.length < length; round += 1) {
    const hash = createHash('sha256').update(`${round} ${seed}`).digest('base64');
    text += hash.replaceAll(/[^a-zA-Z0-9]/g, '');
  }
  return text.slice(0, length);
}
