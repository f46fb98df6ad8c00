// What people type into a name leaves as clean, short text, wherever it is read.

import { describe, expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import { readStripe } from '../../src/intake/stripe/events.ts';
import { cleanText } from '../../src/person/fitting-text.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

/** Control characters of both sets, both generations of bidi controls, separators, halves of a character. */
const FORBIDDEN = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}]/u;

const HOSTILE = `\u202EAda\u0000\u001B[31m\u009B2J\u2067\u200F\uD800${'y'.repeat(10_000)}`;

describe('text that people type', () => {
  it.each([
    ['Ada', 'Ada'],
    ['  Ada\r\nLovelace\t', 'Ada Lovelace'],
    ['Zoë 👩‍💻 مريم', 'Zoë 👩‍💻 مريم'],
    ['a\u2028b\u0085c', 'a b c'],
    ['\u0000\u202E\u200E', ''],
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  ])('%j leaves as %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('is cut at 500, between characters', () => {
    expect(cleanText(HOSTILE)).toHaveLength(500);
    expect(cleanText(HOSTILE)).not.toMatch(FORBIDDEN);
    expect(cleanText(`x${'👍'.repeat(5000)}`)).toBe(`x${'👍'.repeat(249)}`);
  });

  it('takes no longer than its length for any text', () => {
    for (const part of ['\n', ' ', '\u202E', '\uD800', ' \n', 'x ']) {
      expect(cleanText(part.repeat(500_000)).length).toBeLessThanOrEqual(500);
    }
  });

  it('is cleaned in every trait of a user, also those of TRAITS', () => {
    const user = clerkUser({
      first_name: HOSTILE,
      last_name: HOSTILE,
      username: HOSTILE,
      public_metadata: { company: HOSTILE },
    });
    const json = clerkEvent('user.updated', user);
    const options = { ...READ_OPTIONS, traits: { company: 'public_metadata.company' } };
    const text = JSON.stringify(readClerk({ json, deliveryId: 'm', receivedAt: 2e12 }, options));
    expect(JSON.parse(text)).toMatchObject({
      news: [
        {
          facet: {
            traits: Object.fromEntries(
              ['firstName', 'lastName', 'username', 'company'].map((name) => [
                name,
                cleanText(HOSTILE),
              ]),
            ),
          },
        },
      ],
    });
    expect(text).not.toContain('y'.repeat(500));
  });

  it("is cleaned in a price's nickname, and one that is nothing else names no plan", () => {
    const named = (nickname: string) => {
      const price = { id: 'price_1', product: 'prod_1', lookup_key: null, nickname };
      const items = { data: [{ quantity: 1, price }] };
      const json = stripeEvent('customer.subscription.created', { ...subscription(), items });
      return JSON.stringify(
        readStripe({ json, deliveryId: null, receivedAt: 2e12 }, { ...READ_OPTIONS, plans: {} }),
      );
    };
    expect(named(HOSTILE)).toContain(`"plan":"${cleanText(HOSTILE)}"`);
    expect(named('\u202E\u0000')).toContain('"plan":"prod_1"');
  });
});
