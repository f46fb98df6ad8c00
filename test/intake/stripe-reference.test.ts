// What a session's `client_reference_id` is worth: the application's word, a buyer's, or nothing.

import { describe, expect, it } from 'vitest';

import type { Reading, ReadOptions } from '../../src/intake/provider.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { emailMark } from '../../src/person/email-mark.ts';
import { checkoutSession, invoice, stripeEvent } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

function read(json: unknown, options: Partial<ReadOptions> = {}): Reading {
  const receivedAt = Date.now();
  return readStripe({ json, deliveryId: null, receivedAt }, { ...READ_OPTIONS, ...options });
}

type Session = Parameters<typeof checkoutSession>[0];

function session(
  overrides: Session,
  { type = 'completed', ...options }: Partial<ReadOptions> & { type?: string } = {},
) {
  const object = checkoutSession({ client_reference_id: 'user_victim', ...overrides });
  return read(stripeEvent(`checkout.session.${type}`, object), options);
}

const LINK = { payment_link: 'plink_1' };
const GUEST = { ...LINK, customer: null, subscription: null };

describe('a reference', () => {
  it('of a session that the application made is its word', () => {
    expect(session({})).toMatchObject({
      claims: [{ userId: 'user_victim', source: 'client_reference_id', mayMove: false }],
    });
    expect(session({})).not.toHaveProperty(['claims', 0, 'typed']);
    expect(session({ customer: null })).toMatchObject({ userId: 'user_victim' });
  });

  it('of a payment link is a hint, with the mark of the email that was typed', () => {
    const details = { customer_details: { email: 'Eve@Example.test' } };
    expect(session({ ...LINK, ...details })).toMatchObject({
      userId: null,
      customerId: 'cus_1',
      claims: [
        { source: 'payment_link_reference', typed: { email: emailMark('eve@example.test') } },
      ],
    });
    expect(session(LINK)).toMatchObject({ claims: [{ typed: { email: null } }] });
  });

  it('of a guest makes nobody: the session waits under its own id', () => {
    expect(session(GUEST)).toMatchObject({
      userId: null,
      customerId: null,
      guestId: 'cs_1',
      claims: [{ customerId: 'cs_1', userId: 'user_victim', typed: { email: null } }],
    });
  });

  it('of a payment link whose session expired says nothing', () => {
    const expired = { type: 'expired' };
    expect(session(GUEST, expired)).toMatchObject({ kind: 'ignored', reason: 'nobody_named' });
    expect(session(LINK, expired)).toMatchObject({ kind: 'event', userId: null, claims: [] });
    expect(session({ customer: null }, expired)).toMatchObject({ userId: 'user_victim' });
  });

  it('gives way to metadata, which only the application writes', () => {
    const named = { metadata: { clerkUserId: 'user_ada' } };
    expect(session({ ...GUEST, ...named })).toMatchObject({ userId: 'user_ada' });
  });

  it('is trusted or ignored where CLIENT_REFERENCE says so', () => {
    expect(session(GUEST, { clientReference: 'trust' })).toMatchObject({ userId: 'user_victim' });
    expect(session(LINK, { clientReference: 'trust' })).not.toHaveProperty(['claims', 0, 'typed']);
    expect(session({}, { clientReference: 'off' })).toMatchObject({ claims: [] });
    expect(session(GUEST, { clientReference: 'off' })).toMatchObject({ kind: 'ignored' });
  });
});

describe('a Connect event', () => {
  it('is another business’s, unless STRIPE_ACCOUNT names it', () => {
    const event = { ...stripeEvent('invoice.paid', invoice()), account: 'acct_other' };
    expect(read(event)).toMatchObject({ kind: 'ignored', reason: 'other_account' });
    expect(read(event, { account: 'acct_ours' })).toMatchObject({ reason: 'other_account' });
    expect(read(event, { account: 'acct_other' })).toMatchObject({ kind: 'event' });
    expect(read(stripeEvent('invoice.paid', invoice()), { account: 'acct_ours' })).toMatchObject({
      kind: 'event',
    });
  });
});
