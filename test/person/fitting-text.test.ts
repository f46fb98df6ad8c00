// What Customer.io can hold of a text, and dates that nobody can have meant.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { attributeText, cutText } from '../../src/person/fitting-text.ts';
import { identifyMessage, trackMessage } from '../../src/person/messages.ts';
import type { MessageOptions } from '../../src/person/messages.ts';
import { happened } from '../../src/person/moment.ts';
import { newPerson } from '../../src/person/person.ts';

const OPTIONS: MessageOptions = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  mapping: { plans: {}, traits: {} },
  onUserDeleted: 'delete',
};

const ASTRONAUT = '👩🏽‍🚀';

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

describe('a text that is a trait', () => {
  it('is cut at 1,000 bytes, where a reader sees a character end', () => {
    const cut = attributeText(ASTRONAUT.repeat(200)) ?? '';
    const each = bytesOf(ASTRONAUT);
    expect(cut).toBe(ASTRONAUT.repeat(Math.floor(1000 / each)));
    expect(attributeText('x'.repeat(1000))).toBe('x'.repeat(1000));
    expect(attributeText('é'.repeat(501))).toBe('é'.repeat(500));
  });

  it('keeps a flag, and a letter with its accents, whole', () => {
    expect(attributeText(`x${'🇨🇭'.repeat(200)}`)).toBe(`x${'🇨🇭'.repeat(124)}`);
    expect(attributeText(`${'x'.repeat(999)}e\u0301`)).toBe('x'.repeat(999));
  });

  it('cuts a character that is too large alone, and never into halves', () => {
    const heap = `a${'\u0301'.repeat(5000)}`;
    expect(attributeText(heap)).toBe(heap.slice(0, 500));
    expect(cutText('👍'.repeat(3), 3)).toBe('👍');
    expect(cutText('👍', 1)).toBe('');
  });

  it('loses an address that would have to be cut', () => {
    expect(attributeText(`https://img.example.test/${'a'.repeat(1000)}`)).toBeNull();
  });

  it('is well formed, within the limit, and the beginning of what was typed, for any text', () => {
    const unit = fc.constantFrom('a', 'é', '👍', ASTRONAUT, '\uD83D', '\uDE80', '\u0301', '🇨🇭');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 600 }), (units) => {
        const typed = units.join('');
        const told = attributeText(typed) ?? '';
        expect(told.isWellFormed()).toBe(true);
        expect(bytesOf(told)).toBeLessThanOrEqual(1000);
        expect(typed.toWellFormed().startsWith(told)).toBe(true);
      }),
    );
  });
});

describe('what a message says', () => {
  const identified = (traits: Parameters<typeof identifyMessage>[1]) =>
    identifyMessage(newPerson('user_1'), traits, OPTIONS).traits;

  it('has no half of a character in a trait or a property', () => {
    expect(identified({ company: 'Acme \uD83D' })).toEqual({ company: 'Acme \uFFFD' });
    const properties = { organization_name: '\uDE80 Ltd' };
    const moment = happened('organization_joined', { key: ['a'], at: 0, properties });
    expect(trackMessage('user_1', moment, OPTIONS)?.properties).toEqual({
      organization_name: '\uFFFD Ltd',
    });
  });

  it('has no date before 1970 or from 2100 on: one of billing is empty, one of the user is left out', () => {
    const last = 4_102_444_799;
    expect(identified({ trialEndsAt: -1, cancelAt: last + 1, canceledAt: last })).toEqual({
      trialEndsAt: null,
      cancelAt: null,
      canceledAt: last,
    });
    expect(identified({ createdAt: -62_135_596_800, email: 'ada@example.test' })).toEqual({
      email: 'ada@example.test',
    });
    expect(identified({ mrr: 5e9, createdAt: 0 })).toEqual({ mrr: 5e9, createdAt: 0 });
  });
});
