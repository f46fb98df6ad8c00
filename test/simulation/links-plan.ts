// What happens in one run of the links simulation: people sign up, customers buy before, while and after it is known
// whose they are, links move, accounts are deleted. The truth is known here; the code under test has to find it.

import type { Reading } from '../../src/intake/provider.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { emailMark } from '../../src/person/email-mark.ts';
import type { LinkClaim, News } from '../../src/person/news.ts';
import { invoice, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';
import { companyOf } from './company-plan.ts';
import type { MailMood } from './mailbox.ts';
import { mailMoodOf, moodOf } from './plan.ts';
import type { Random } from './random.ts';
import type { Mood } from './receiver.ts';

type EventReading = Extract<Reading, { kind: 'event' }>;

export type LinksWebhook = {
  readonly at: number;
  readonly provider: 'clerk' | 'stripe';
  readonly reading: EventReading;
  /** What its moment says of itself at Customer.io, and whose it is by rights; null when it makes none. */
  readonly moment: { readonly name: string; readonly customer: SimCustomer } | null;
};

export type SimCustomer = {
  readonly id: string;
  /** Whom it belongs to, one after the other; the last one keeps it. */
  readonly owners: readonly string[];
  readonly movesAt: number;
  /** A look-up finds its person. */
  readonly isFound: boolean;
  /** Whom its subscription names in its own metadata, one after the other; nobody: it goes where its customer goes. */
  readonly named: readonly string[];
  /** When the subscription names the second one. */
  readonly renamedAt: number;
  /** The id a buyer typed: the owner's with an email they have verified, or a stranger's with none of theirs. */
  readonly typed: 'nobody' | 'owner' | 'stranger';
  readonly subscriptionId: string;
};

export type LinksPlan = {
  readonly shards: number;
  readonly customers: readonly SimCustomer[];
  readonly deleted: ReadonlySet<string>;
  readonly webhooks: readonly LinksWebhook[];
  /** At the end of the fire: what makes every link known at last. */
  readonly late: readonly LinksWebhook[];
  /** Who is in the company at the end, and as what. */
  readonly members: ReadonlyMap<string, string>;
  readonly mood: Mood;
  readonly mailMood: MailMood;
  readonly answersLost: number;
  readonly troubleEveryMs: number;
};

/** How long webhooks come, and when a link may move within that. */
export const STREAM_MS = 20 * 60_000;

/** Every subscription begins with a trial, long over: the invoice of the period after it converts it. */
const TRIAL_END = 1_750_000_000;

/** Has a customer that the application wrote down, so that nobody else's word takes them for a buyer. */
const STRANGER = 'user_stranger';

export function linksPlanOf(random: Random, startAt: number): LinksPlan {
  const people = Array.from({ length: random.between(2, 4) }, (_, index) => `user_sim${index}`);
  const customers = Array.from({ length: random.between(2, 5) }, (_, index) =>
    customerOf(random, { people, index, startAt }),
  );
  const deleted = new Set(people.filter(() => random.chance(0.15)));
  // Two accounts become one: the old owner is deleted, whichever of it and the claim comes first.
  for (const { owners } of customers) {
    if (owners.length > 1 && random.chance(0.3)) deleted.add(owners[0] ?? '');
  }
  let count = 0;
  const id = (): string => `evt_${(count += 1)}`;
  const at = (): number => startAt + random.between(0, random.pick([1000, 60_000, STREAM_MS]));
  const webhooks = [
    ...[...people, STRANGER].map((userId) => signUp(userId, id(), at())),
    ...[...deleted].map((userId) => deletion(userId, id(), at())),
    ...customers.flatMap((customer) => streamOf(random, customer, { id, at })),
  ];
  const company = companyOf(random, { people, startAt, streamMs: STREAM_MS, id });
  const end = startAt + STREAM_MS;
  // Where a link moved that is known already, and nothing comes to put it right.
  const late = [
    ...customers
      // Of an honest buyer their own word has to be enough.
      .filter(({ owners, typed }) => owners.length === 1 && typed !== 'owner')
      .map((customer) => metadata(customer, lastOf(customer), id(), end)),
    // What the sold go on with: to whoever has the customer by then.
    ...customers.map((customer) => facet(customer, id(), end)),
    ...customers.map((customer) => purchase(customer, id(), end)),
  ];
  return {
    shards: random.pick([1, 2, 3]),
    customers,
    deleted,
    webhooks: [...webhooks, ...company.webhooks.map((each) => ({ ...each, moment: null }))],
    late,
    members: company.members,
    mood: moodOf(random),
    mailMood: mailMoodOf(random),
    answersLost: random.pick([0, 0.1, 0.3]),
    troubleEveryMs: random.pick([5000, 30_000, 300_000]),
  };
}

export function lastOf(customer: SimCustomer): string {
  return customer.owners.at(-1) ?? '';
}

/** Whose its subscription is at the end. */
export function holderOf(customer: SimCustomer): string {
  return customer.named.at(-1) ?? lastOf(customer);
}

function customerOf(
  random: Random,
  about: { readonly people: readonly string[]; readonly index: number; readonly startAt: number },
): SimCustomer {
  const { people, index, startAt } = about;
  const owner = random.pick(people);
  const next = random.pick(people);
  const isMoving = random.chance(0.3) && next !== owner;
  const named = !isMoving && random.chance(0.3) ? [random.pick([owner, next]), next] : [];
  const isTyped = !isMoving && named.length === 0 && random.chance(0.4);
  return {
    id: `cus_${index}`,
    owners: isMoving ? [owner, next] : [owner],
    movesAt: startAt + random.between(60_000, STREAM_MS),
    isFound: !isMoving && !isTyped && random.chance(0.3),
    named: [...new Set(named)],
    renamedAt: startAt + random.between(60_000, STREAM_MS),
    typed: isTyped ? random.pick(['owner', 'stranger'] as const) : 'nobody',
    subscriptionId: `sub_${index}`,
  };
}

/** Purchases, facets, claims of every kind and a dispute, in no order. */
function streamOf(
  random: Random,
  customer: SimCustomer,
  { id, at }: { readonly id: () => string; readonly at: () => number },
): LinksWebhook[] {
  const [first = ''] = customer.owners;
  const purchases = Array.from({ length: random.between(1, 5) }, () =>
    purchase(customer, id(), at()),
  );
  // Its subscription says nothing more once the link has moved: then marks are all that tells what the invoice means.
  const isQuiet = customer.owners.length > 1 && random.chance(0.5);
  const facets = Array.from({ length: random.between(isQuiet ? 1 : 0, 3) }, () =>
    facet(customer, id(), isQuiet ? before(customer, at()) : at()),
  );
  /** Many a webhook comes long after it happened, and older claims come after newer ones. */
  const late = (webhook: LinksWebhook): LinksWebhook =>
    random.chance(0.5) ? webhook : { ...webhook, at: Math.max(webhook.at, at()) };
  const hasSaid = customer.typed === 'nobody';
  const claims = [
    ...(hasSaid && random.chance(0.5)
      ? [metadata(customer, first, id(), before(customer, at()))]
      : []),
    ...(hasSaid && random.chance(0.3)
      ? [reference(customer, first, id(), before(customer, at()))]
      : []),
    ...(hasSaid ? [] : [typedCheckout(customer, id(), at())]),
  ].map(late);
  const renamed = customer.named.length > 1 ? [late(renaming(customer, id()))] : [];
  const moves = customer.owners.length < 2 ? [] : moveOf(random, customer, { id, isQuiet });
  const disputes = random.chance(0.3)
    ? [dispute(customer, id(), at()), dispute(customer, id(), at())]
    : [];
  const invoices = random.chance(0.7)
    ? [paid(customer, id(), isQuiet ? customer.movesAt + random.between(-1000, 60_000) : at())]
    : [];
  return [...purchases, ...facets, ...claims, ...renamed, ...moves, ...disputes, ...invoices];
}

/** The link moves, and often the subscription changes in the same moments. */
function moveOf(
  random: Random,
  customer: SimCustomer,
  { id, isQuiet }: { readonly id: () => string; readonly isQuiet: boolean },
): LinksWebhook[] {
  const near = () => customer.movesAt + random.between(-1000, 1000);
  const move = metadata(customer, lastOf(customer), id(), customer.movesAt);
  if (isQuiet) return [move];
  return [move, facet(customer, id(), near()), facet(customer, id(), near())];
}

/** The old owner says nothing about the customer once it has moved. */
function before(customer: SimCustomer, at: number): number {
  return Math.min(at, customer.movesAt - 1);
}

/** What Clerk says of a user. */
function userFacet(userId: string, about: { readonly at: number; readonly rank: 0 | 2 }) {
  const email = emailOf(userId);
  return {
    asOf: about.at,
    rank: about.rank,
    traits: { email },
    verified: [emailMark(email)],
    ...(userId === STRANGER ? { isCustomer: true as const } : {}),
  };
}

function emailOf(userId: string): string {
  return `${userId}@example.test`;
}

function signUp(userId: string, id: string, at: number): LinksWebhook {
  const facet_ = userFacet(userId, { at, rank: 0 });
  const news: News = { kind: 'user', facet: facet_, created: false, createdAt: at };
  return { at, provider: 'clerk', reading: clerk(id, userId, [news]), moment: null };
}

function deletion(userId: string, id: string, at: number): LinksWebhook {
  const news: News = { kind: 'deleted', occurredAt: at };
  return { at, provider: 'clerk', reading: clerk(id, userId, [news]), moment: null };
}

/** Clerk metadata that names the customer, in an update of the user. */
function metadata(customer: SimCustomer, userId: string, id: string, at: number): LinksWebhook {
  const claim = claimOf(customer, userId, { at, mayMove: true });
  const facet_ = userFacet(userId, { at, rank: 2 });
  const news: News = { kind: 'user', facet: facet_, created: false, createdAt: at };
  return {
    at,
    provider: 'clerk',
    reading: { ...clerk(id, userId, [news]), claims: [claim] },
    moment: null,
  };
}

/** A checkout that names its buyer, in a place a buyer can edit. */
function reference(customer: SimCustomer, userId: string, id: string, at: number): LinksWebhook {
  const claim = claimOf(customer, userId, { at, mayMove: false });
  const webhook = purchase(customer, id, at);
  return { ...webhook, reading: { ...webhook.reading, claims: [claim] } };
}

/** A payment link's checkout: the buyer writes the id and the email. */
function typedCheckout(customer: SimCustomer, id: string, at: number): LinksWebhook {
  const owner = lastOf(customer);
  const isHonest = customer.typed === 'owner';
  const claim: LinkClaim = {
    ...claimOf(customer, isHonest ? owner : STRANGER, { at, mayMove: false }),
    source: 'payment_link_reference',
    typed: { email: emailMark(emailOf(owner)) },
  };
  const webhook = purchase(customer, id, at);
  return { ...webhook, reading: { ...webhook.reading, claims: [claim] } };
}

function purchase(customer: SimCustomer, id: string, at: number): LinksWebhook {
  return moneyOf(customer, { id, at, customerId: customer.id, chargeId: null });
}

function dispute(customer: SimCustomer, id: string, at: number): LinksWebhook {
  return moneyOf(customer, { id, at, customerId: null, chargeId: `ch_${customer.id.slice(4)}` });
}

function moneyOf(
  customer: SimCustomer,
  about: {
    readonly id: string;
    readonly at: number;
    readonly customerId: string | null;
    readonly chargeId: string | null;
  },
): LinksWebhook {
  const { id, at, customerId, chargeId } = about;
  const moment = {
    name: 'checkout_completed',
    key: ['checkout_completed', id],
    keyAt: at,
    occurredAt: at,
    subscriptionId: null,
    properties: { webhook: id },
    once: 'seen',
  } as const;
  return {
    at,
    provider: 'stripe',
    reading: {
      kind: 'event',
      id,
      type: 'checkout.session.completed',
      userId: null,
      customerId,
      chargeId,
      claims: [],
      news: [{ kind: 'moment', moment }],
    },
    moment: { name: id, customer },
  };
}

/** Whom the subscription's metadata names at a time, by the second that Stripe dates events with. */
function namedAt({ named, renamedAt }: SimCustomer, at: number): Record<string, string> {
  const [first, second = first] = named;
  const isRenamed = Math.floor(at / 1000) >= Math.floor(renamedAt / 1000);
  const userId = isRenamed ? second : first;
  return userId === undefined ? {} : { clerkUserId: userId };
}

/** The subscription as it is, read from a real payload. */
function facet(customer: SimCustomer, id: string, at: number): LinksWebhook {
  return updated(customer, { id, at, previous: {} });
}

/** Its metadata names somebody else from now on, and says so. */
function renaming(customer: SimCustomer, id: string): LinksWebhook {
  const at = customer.renamedAt;
  return updated(customer, { id, at, previous: { metadata: namedAt(customer, 0) } });
}

function updated(
  customer: SimCustomer,
  about: {
    readonly id: string;
    readonly at: number;
    readonly previous: { readonly metadata?: Record<string, string> };
  },
): LinksWebhook {
  const { id, at, previous } = about;
  const object = subscription({
    id: customer.subscriptionId,
    customer: customer.id,
    metadata: namedAt(customer, at),
    trial_end: TRIAL_END,
  });
  const created = Math.floor(at / 1000);
  const json = stripeEvent('customer.subscription.updated', object, { created, id, previous });
  const reading = readStripe({ json, deliveryId: null, receivedAt: at }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return { at, provider: 'stripe', reading, moment: null };
}

/** The invoice that converts the trial: said at most once, and by nobody who has not the marks. */
function paid(customer: SimCustomer, id: string, at: number): LinksWebhook {
  const { subscriptionId } = customer;
  const metadata_ = namedAt(customer, at);
  const details = { subscription: subscriptionId, metadata: metadata_ };
  const object = invoice(
    {
      id: invoiceOf(customer),
      customer: customer.id,
      billing_reason: 'subscription_cycle',
      parent: { type: 'subscription_details', subscription_details: details },
    },
    { periodStart: TRIAL_END, subscription: subscriptionId },
  );
  const created = Math.floor(at / 1000);
  const json = stripeEvent('invoice.paid', object, { created, id });
  const reading = readStripe({ json, deliveryId: null, receivedAt: at }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return { at, provider: 'stripe', reading, moment: null };
}

export function invoiceOf(customer: SimCustomer): string {
  return `in_${customer.id.slice(4)}`;
}

function claimOf(
  customer: SimCustomer,
  userId: string,
  about: { readonly at: number; readonly mayMove: boolean },
): LinkClaim {
  const { at, mayMove } = about;
  return { customerId: customer.id, userId, source: 'simulation', asOf: at, mayMove };
}

function clerk(id: string, userId: string, news: readonly News[]): EventReading {
  const type = 'user.updated';
  return { kind: 'event', id, type, userId, customerId: null, chargeId: null, claims: [], news };
}
