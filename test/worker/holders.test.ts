// Whose a subscription is can change: it names somebody else, or an organization, or the operator says so. It leaves its
// former holder, is counted once, and tells nobody that anything began or ended.

import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';

import { signStripe } from '../../src/samples/sign-stripe.ts';
import { CREATED, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { claim, deletion, newCustomer, newUser } from '../support/person-events.ts';
import { app } from './relay-app.ts';
import { collectSent } from './sent.ts';
import { settle } from './settle.ts';

const sent = collectSent(settle);
let customer: string;
let first: string;
let second: string;

beforeEach(() => {
  customer = newCustomer();
  [first, second] = [newUser(), newUser()];
});

type Word = {
  readonly metadata: Record<string, string>;
  /** What the metadata was before this event; left out, the event has not changed it. */
  readonly before?: Record<string, string>;
  readonly type?: string;
  readonly status?: 'active' | 'canceled';
};

/** One event of the subscription, `at` seconds after it was made. */
function eventAt(at: number, word: Word) {
  const { metadata, before, type = 'customer.subscription.updated', status = 'active' } = word;
  const object = subscription({ id: subscriptionId(), customer, metadata, status });
  const previous = before === undefined ? { description: null } : { metadata: before };
  const created = CREATED + at;
  const id = `evt_${crypto.randomUUID()}`;
  return stripeEvent(
    type,
    object,
    type.endsWith('updated') ? { created, id, previous } : { created, id },
  );
}

const made = (userId: string) =>
  eventAt(1, { metadata: { clerkUserId: userId }, type: 'customer.subscription.created' });
const given = (at: number, from: string, to: string) =>
  eventAt(at, { metadata: { clerkUserId: to }, before: { clerkUserId: from } });

function subscriptionId(): string {
  return `sub_${customer.slice(4)}`;
}

async function post(event: unknown): Promise<string> {
  const body = JSON.stringify(event);
  const headers = signStripe(body, { secret: 'whsec_of_a_test_in_workerd' });
  const response = await app.request('/webhooks/stripe', { method: 'POST', body, headers }, env);
  expect(response.status).toBe(200);
  return (await response.json<{ outcome: string }>()).outcome;
}

function links() {
  return env.LINKS.getByName('s0');
}

async function holds(userId: string): Promise<string[]> {
  const view = await env.OUTBOX.getByName('s0').view(userId);
  return view.kind === 'person' ? Object.keys(view.person.subscriptions) : [];
}

function tracksOf(userId: string): unknown[] {
  return sent.messages
    .filter((each) => each['userId'] === userId && each['type'] === 'track')
    .map(({ event }) => event);
}

function newestTraits(userId: string): unknown {
  const identifies = sent.messages.filter(
    (each) => each['userId'] === userId && each['type'] === 'identify',
  );
  return identifies.at(-1)?.['traits'];
}

const NOTHING = { plan: null, mrr: 0, subscriptionsCount: 0 };
const PRO = { plan: 'pro', mrr: 49, subscriptionsCount: 1 };

describe('a subscription that names somebody else', () => {
  it('leaves the former holder by an identify and no moment, and starts nothing for the new one', async () => {
    await post(made(first));
    await settle();
    expect(newestTraits(first)).toMatchObject(PRO);
    await post(given(100, first, second));
    await evictDurableObject(links());
    await settle();
    expect(newestTraits(first)).toMatchObject(NOTHING);
    expect(newestTraits(second)).toMatchObject(PRO);
    expect([tracksOf(first), tracksOf(second)]).toEqual([['subscription_started'], []]);
  });

  it('ends for its holder alone, and then neither is a customer', async () => {
    await post(made(first));
    await post(given(100, first, second));
    await settle();
    const type = 'customer.subscription.deleted';
    await post(eventAt(200, { metadata: { clerkUserId: second }, type, status: 'canceled' }));
    await settle();
    expect([tracksOf(first), tracksOf(second)]).toEqual([
      ['subscription_started'],
      ['subscription_canceled'],
    ]);
    expect([newestTraits(first), newestTraits(second)]).toMatchObject([
      NOTHING,
      { mrr: 0, subscriptionsCount: 0 },
    ]);
  });

  it('is told to the same people in any order of arrival', async () => {
    const [begins, moves] = [made(first), given(100, first, second)];
    await post(moves);
    await settle();
    await post(begins);
    await settle();
    expect([await holds(first), await holds(second)]).toEqual([[], [subscriptionId()]]);
    expect([tracksOf(first), tracksOf(second)]).toEqual([['subscription_started'], []]);
  });

  it('comes back, and what is older than that moves it no more', async () => {
    await post(made(first));
    const away = given(100, first, second);
    await post(away);
    await settle();
    await post(given(200, second, first));
    await settle();
    await post(away);
    await settle();
    expect([await holds(first), await holds(second)]).toEqual([[subscriptionId()], []]);
    expect(newestTraits(first)).toMatchObject(PRO);
  });

  it('goes where its customer goes once it names nobody', async () => {
    await post(made(first));
    await post(eventAt(100, { metadata: {}, before: { clerkUserId: first } }));
    await links().linkByHand(customer, second);
    await settle();
    expect([await holds(first), await holds(second)]).toEqual([[], [subscriptionId()]]);
  });
});

describe('a subscription that names an organization', () => {
  const owned = (at: number, from: string) =>
    eventAt(at, {
      metadata: { clerkUserId: from, orgId: 'org_2abc' },
      before: { clerkUserId: from },
    });

  it('leaves its person, whatever order it is told in', async () => {
    await post(made(first));
    await settle();
    expect(await post(owned(100, first))).toBe('ignored');
    await settle();
    expect(newestTraits(first)).toMatchObject(NOTHING);
    expect(tracksOf(first)).toEqual(['subscription_started']);
  });

  it('does not come back by what is older', async () => {
    await post(owned(100, first));
    await post(made(first));
    await settle();
    expect(await holds(first)).toEqual([]);
  });

  it('takes a customer whose metadata names it from the person who had it', async () => {
    await links().learn([claim(customer, first, { asOf: CREATED * 1000 })]);
    await post(eventAt(1, { metadata: {} }));
    await settle();
    expect(await holds(first)).toEqual([subscriptionId()]);
    const object = { id: customer, object: 'customer', metadata: { orgId: 'org_2abc' } };
    const at = CREATED + 60;
    expect(await post(stripeEvent('customer.updated', object, { created: at, previous: {} }))).toBe(
      'ignored',
    );
    await settle();
    expect(await holds(first)).toEqual([]);
    expect(await post(eventAt(2, { metadata: {} }))).toBe('ignored');
  });
});

describe('the operator', () => {
  it('gives a customer away with all that names somebody else, and metadata that goes on saying so is no news', async () => {
    await post(made(first));
    await settle();
    await links().linkByHand(customer, second);
    await settle();
    expect([await holds(first), await holds(second)]).toEqual([[], [subscriptionId()]]);
    const later = Math.floor(Date.now() / 1000) - CREATED + 60;
    await post(eventAt(later, { metadata: { clerkUserId: first } }));
    await settle();
    expect([await holds(first), await holds(second)]).toEqual([[], [subscriptionId()]]);
    expect(tracksOf(second)).toEqual([]);
  });
});

describe('a deleted person', () => {
  it('takes nothing from whoever has the customer by a subscription that still names them', async () => {
    await env.OUTBOX.getByName('s0').accept(first, deletion());
    await links().learn([claim(customer, second, { asOf: CREATED * 1000 })]);
    await post(eventAt(100, { metadata: { clerkUserId: first } }));
    await settle();
    expect(newestTraits(second)).toMatchObject(PRO);
  });

  it('is not written down again by a subscription that still names them', async () => {
    await post(made(first));
    await settle();
    await env.OUTBOX.getByName('s0').accept(first, deletion());
    await settle();
    await post(eventAt(100, { metadata: { clerkUserId: first } }));
    await settle();
    const rows = await runInDurableObject(links(), (_, state) =>
      state.storage.sql.exec('SELECT * FROM holders WHERE user_id = ?', first).toArray(),
    );
    expect(rows).toEqual([]);
  });
});
