// Ids that are almost right name nobody, and the operator is shown where they stand and what is wrong with them, never the text.

import { describe, expect, it } from 'vitest';

import { readStripe } from '../../src/intake/stripe/events.ts';
import { checkoutSession, customer, stripeEvent, subscription } from '../../src/samples/stripe.ts';
import type { StripeEventJson } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const options = { ...READ_OPTIONS, linkKeys: ['clerkUserId', 'userId'] };
const ID = 'user_2NNEqL2nrIRdJ194ndJqAHwEfxC';

function almost(json: StripeEventJson): string | undefined {
  const reading = readStripe({ json, deliveryId: null, receivedAt: Date.now() }, options);
  if (reading.kind !== 'event') throw new Error(`expected an event, got ${reading.kind}`);
  return reading.almost;
}

const withId = (clerkUserId: string) =>
  stripeEvent('customer.created', customer({ metadata: { clerkUserId } }));

describe('an id that is almost right', () => {
  it.each([
    ['blanks', ` ${ID}`],
    ['blanks', `${ID}\n`],
    ['quotes', `"${ID}"`],
    ['quotes', `‘${ID}’`],
    ['quotes', "'user_1"],
    ['prefix', ID.replace('user', 'User')],
    ['prefix', ID.replace('user_', 'user-')],
    ['prefix', `clerk_${ID}`],
    ['email', 'ada@example.com'],
    ['stripe_id', 'cus_QXg1o8vcGmoR32'],
    ['text', 'Ada Lovelace'],
  ])('is shown with its place and fault, %s, and not itself: %s', (fault, value) => {
    expect(almost(withId(value))).toBe(`metadata.clerkUserId: ${fault}`);
  });

  it.each([ID, '', 'legacy_42', 'user-42', 'User_42', '0b1e7c1e-7a0c-4a55'])(
    'is not what is an id, or may be a name of before: %s',
    (value) => {
      expect(almost(withId(value))).toBeUndefined();
    },
  );

  it('is looked for wherever a person may be named, and under the keys that may name one', () => {
    const email = 'ada@example.com';
    const expanded = subscription({ customer: customer({ metadata: { userId: email } }) });
    expect(almost(stripeEvent('customer.subscription.created', expanded))).toBe(
      'customer.metadata.userId: email',
    );
    const session = checkoutSession({ client_reference_id: email });
    expect(almost(stripeEvent('checkout.session.completed', session))).toBe(
      'client_reference_id: email',
    );
    const other = customer({ metadata: { owner: email } });
    expect(almost(stripeEvent('customer.created', other))).toBeUndefined();
  });

  it('is nobody’s trouble where the event names its person all the same', () => {
    const metadata = { clerkUserId: ` ${ID}`, userId: ID };
    const named = stripeEvent('customer.subscription.created', subscription({ metadata }));
    expect(almost(named)).toBeUndefined();
  });
});
