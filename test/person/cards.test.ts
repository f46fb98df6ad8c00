// Cards: the trait is of the one attached last that is still there, whatever the order of arrival.

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { applyEvent } from '../../src/person/apply.ts';
import type { News } from '../../src/person/news.ts';
import { newPerson } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';

type CardNews = Extract<News, { kind: 'card' }>;

function card(id: string, asOf: number, more: Partial<CardNews> = {}): CardNews {
  const expiresAt = 1_800_000_000 + asOf;
  return { kind: 'card', id, customerId: 'cus_1', asOf, expiresAt, isAttached: true, ...more };
}

function expiryAfter(news: readonly CardNews[]) {
  const about = { provider: 'stripe', id: 'evt_1', type: 'card', customerId: 'cus_1' };
  const { person } = applyEvent(newPerson('user_1'), { ...about, news });
  return traitsOf(person, null)['cardExpiresAt'];
}

const gone = { isAttached: false, expiresAt: null };

it('shows the expiry of the card that was attached or replaced last', () => {
  expect(expiryAfter([card('pm_1', 1), card('pm_2', 2)])).toBe(1_800_000_002);
  expect(expiryAfter([card('pm_1', 1), card('pm_2', 2), card('pm_1', 3)])).toBe(1_800_000_003);
});

it('shows the expiry of the card before when the last is taken away, and none when none is left', () => {
  const detached = [card('pm_1', 1), card('pm_2', 2), card('pm_2', 3, gone)];
  expect(expiryAfter(detached)).toBe(1_800_000_001);
  expect(expiryAfter([...detached, card('pm_1', 4, gone)])).toBeUndefined();
});

it('shows the same expiry in any order of arrival', () => {
  const news = [card('pm_1', 1), card('pm_2', 2), card('pm_2', 3, gone), card('pm_3', 0)];
  fc.assert(
    fc.property(fc.shuffledSubarray(news, { minLength: news.length }), (shuffled) => {
      expect(expiryAfter(shuffled)).toBe(1_800_000_001);
    }),
  );
});

it('shows no expiry of another customer’s card once one of theirs is known', () => {
  const theirs = card('pm_1', 1);
  expect(expiryAfter([theirs, card('pm_9', 5, { customerId: 'cus_9' })])).toBe(1_800_000_001);
});
