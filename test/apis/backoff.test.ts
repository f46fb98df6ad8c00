// When to try again: between two bounds, longer each time.

import { describe, expect, it } from 'vitest';

import { BACKOFF_MS_MAX, BACKOFF_MS_MIN, backoffMs, retryDelayMs } from '../../src/apis/backoff.ts';

describe('backoffMs', () => {
  const slow = { msMin: 1000, msMax: 50_000, factor: 4, chance: 0.25 };

  it('grows by its factor up to its longest, and leaves only its share to chance', () => {
    expect([1, 2, 3, 999].map((attempt) => backoffMs(slow, attempt, 1))).toEqual([
      4000, 16_000, 50_000, 50_000,
    ]);
    expect([1, 2, 3, 999].map((attempt) => backoffMs(slow, attempt, 0))).toEqual([
      3000, 12_000, 37_500, 37_500,
    ]);
  });

  it('is never shorter than its shortest', () => {
    expect(backoffMs({ ...slow, chance: 1 }, 1, 0)).toBe(1000);
  });
});

describe('retryDelayMs', () => {
  it('stays between half a second and a ceiling that doubles up to five minutes', () => {
    expect(retryDelayMs(1, 0, null)).toBe(BACKOFF_MS_MIN);
    expect(retryDelayMs(1, 1, null)).toBe(1000);
    expect(retryDelayMs(3, 1, null)).toBe(4000);
    expect(retryDelayMs(1000, 1, null)).toBe(BACKOFF_MS_MAX);
  });

  it('never undercuts what the other side asks for', () => {
    expect(retryDelayMs(1, 0, 120_000)).toBe(120_000);
    expect(retryDelayMs(20, 1, 1000)).toBe(BACKOFF_MS_MAX);
  });
});
