// Whom a buyer's text may touch.

import { describe, expect, it } from 'vitest';

import { applyEvent } from '../../src/person/apply.ts';
import { emailMark } from '../../src/person/email-mark.ts';
import type { UserFacet } from '../../src/person/facet.ts';
import type { Person } from '../../src/person/person.ts';
import { newPerson } from '../../src/person/person.ts';
import { voucherOf } from '../../src/person/typed.ts';
import { checkout } from '../support/person-events.ts';

const ADA = emailMark('ada@example.test');
const NOTHING = { email: null, inClerk: null };

function known(more: Partial<UserFacet> = {}): Person {
  const facet = { asOf: 1, rank: 2, traits: {}, verified: [ADA], ...more } as const;
  return { ...newPerson('user_ada'), user: facet };
}

function bought(person: Person, customerId: string, placed: { link?: number; isTyped?: true }) {
  return applyEvent(person, { ...checkout(customerId, 'a'), ...placed }).person;
}

describe('what a buyer typed', () => {
  it('makes nobody, until Clerk knows them', () => {
    expect(voucherOf(undefined, NOTHING)).toBe('unknown');
    expect(voucherOf(newPerson('user_ada'), NOTHING)).toBe('unknown');
    expect(voucherOf(undefined, { ...NOTHING, inClerk: [] })).toBe('confirmed');
    expect(voucherOf(known(), NOTHING)).toBe('confirmed');
    expect(voucherOf(null, NOTHING)).toBe('erased');
  });

  it('takes nothing from a person whose customer the application has written down', () => {
    const linked = bought(known(), 'cus_1', { link: 1 });
    const inMetadata = known({ isCustomer: true });
    const named = bought(known(), 'cus_1', {});
    for (const person of [linked, inMetadata, named]) {
      expect(voucherOf(person, NOTHING)).toBe('doubtful');
      expect(voucherOf(person, { ...NOTHING, email: emailMark('eve@x.test') })).toBe('doubtful');
      expect(voucherOf(person, { ...NOTHING, email: emailMark(' ADA@example.test') })).toBe(
        'confirmed',
      );
    }
    const later = {
      email: emailMark('new@example.test'),
      inClerk: [emailMark('new@example.test')],
    };
    expect(voucherOf(linked, later)).toBe('confirmed');
  });

  it('does not become the application’s word by being believed, but by its own word', () => {
    const typed = bought(known(), 'cus_1', { link: 1, isTyped: true });
    expect(voucherOf(typed, NOTHING)).toBe('confirmed');
    const written = bought(typed, 'cus_1', { link: 1 });
    expect(voucherOf(written, NOTHING)).toBe('doubtful');
    expect(written.tenure).not.toHaveProperty('typed');
    // What was the application's stays so.
    expect(voucherOf(bought(written, 'cus_1', { link: 1, isTyped: true }), NOTHING)).toBe(
      'doubtful',
    );
  });
});
