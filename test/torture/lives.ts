// Who lives through a campaign: each sends one webhook after the other, each again until it is answered, as a provider would.
// Checkouts carry their number as the amount, so that the receiver sees which came.

import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { checkoutSession, item, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { isMailed, OWNERS } from './books.ts';
import type { Books, Stream } from './books.ts';

/** Resolves once it was answered 2xx, however often it took. */
export type Send = (provider: 'clerk' | 'stripe', event: object) => Promise<void>;

export type Load = { isOver: boolean };

type Life = (books: Books, name: string, about: { send: Send; load: Load }) => Promise<void>;

type Stage = { readonly stream: Stream; readonly send: Send };

/** Checkouts that name their person. */
export const named: Life = async (books, name, { send, load }) => {
  const stream = books.open(name);
  while (!load.isOver) await checkout({ stream, send }, { userId: `user_${name}` });
};

/** The same, of somebody who signs up first and is mailed now and then. */
export const mailed: Life = async (books, name, { send, load }) => {
  const stream = books.open(name);
  await send('clerk', signUp(`user_${name}`));
  while (!load.isOver) {
    await checkout({ stream, send }, { userId: `user_${name}`, mail: isMailed(stream.answered) });
  }
};

const STEPS_BETWEEN_MOVES = 25;
const STEPS_BETWEEN_CHANGES = 10;

/** Checkouts of a customer, who is one person's after the other's; moves are under way while checkouts go on. */
export const moving: Life = async (books, name, { send, load }) => {
  const stream = books.open(name);
  await send('clerk', ownership(name, 0));
  await send('stripe', subscribed(stream, 1));
  let move = Promise.resolve();
  while (!load.isOver) {
    const { answered: step } = stream;
    if (step % STEPS_BETWEEN_CHANGES === 0) await send('stripe', subscribed(stream, step + 1));
    if (step % STEPS_BETWEEN_MOVES === STEPS_BETWEEN_MOVES - 1) {
      await move;
      stream.movesBegun += 1;
      move = moveOn(stream, send);
    }
    stream.movedBefore[step] = stream.movesAnswered;
    await checkout({ stream, send }, { customer: customerOf(name) });
  }
  await move;
};

async function moveOn(stream: Stream, send: Send): Promise<void> {
  await send('clerk', ownership(stream.name, stream.movesBegun));
  stream.movesAnswered += 1;
}

const SHORT_LIFE = 12;

/** One after the other, signs up, buys, is mailed, is deleted; and then there is late news of them. */
export const short: Life = async (books, name, { send, load }) => {
  for (let generation = 0; !load.isOver; generation += 1) {
    const stream = books.open(`${name}g${generation}`);
    const userId = `user_${stream.name}`;
    await send('clerk', signUp(userId));
    while (stream.answered < SHORT_LIFE && !load.isOver) {
      await checkout({ stream, send }, { userId, mail: isMailed(stream.answered) });
    }
    if (load.isOver) return;
    await send('clerk', clerkEvent('user.deleted', { object: 'user', id: userId, deleted: true }));
    stream.deletedAt = Date.now();
    await send('clerk', { ...signUp(userId), type: 'user.updated' });
    await checkout({ stream, send }, { userId });
  }
};

async function checkout(
  { stream, send }: Stage,
  about: { readonly userId?: string; readonly customer?: string; readonly mail?: boolean },
): Promise<void> {
  const { userId, customer = null, mail = false } = about;
  // News older than three days is mailed to nobody.
  const created = Math.floor(Date.now() / 1000);
  const session = checkoutSession({
    created,
    id: `cs_${stream.name}_${stream.answered}`,
    customer,
    subscription: null,
    amount_total: stream.answered * 100,
    metadata: userId === undefined ? {} : { clerkUserId: userId },
  });
  const type = mail ? 'checkout.session.expired' : 'checkout.session.completed';
  await send('stripe', stripeEvent(type, session, { created }));
  stream.answered += 1;
}

function signUp(userId: string, metadata: Readonly<Record<string, string>> = {}) {
  const now = Date.now();
  const user = clerkUser({
    id: userId,
    email_addresses: [clerkEmail('idn_1', `${userId}@torture.test`)],
    public_metadata: metadata,
    updated_at: now,
  });
  return clerkEvent('user.created', user, now);
}

/** The customer is by now the person's with this number. */
function ownership(name: string, move: number) {
  return signUp(ownerOf(name, move), { stripeCustomerId: customerOf(name) });
}

export function ownerOf(name: string, move: number): string {
  return `user_${name}o${move % OWNERS}`;
}

function customerOf(name: string): string {
  return `cus_${name}`;
}

function subscribed(stream: Stream, seats: number) {
  const before = stream.seats;
  stream.seats = seats;
  const sold = subscription({
    id: `sub_${stream.name}`,
    customer: customerOf(stream.name),
    items: { object: 'list', data: [item({ quantity: seats })] },
  });
  const created = Math.floor(Date.now() / 1000);
  return before === null
    ? stripeEvent('customer.subscription.created', sold, { created })
    : stripeEvent('customer.subscription.updated', sold, { created, previous: {} });
}
