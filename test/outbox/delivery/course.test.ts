// The course of delivery: which batch an entry landed in, and what was accepted and landed by the hour, within bounds.

import { describe, expect, it } from 'vitest';

import { batchOf, withBatch, withHour } from '../../../src/outbox/delivery/course.ts';
import type { Batch, Hours } from '../../../src/outbox/delivery/course.ts';

const HOUR_MS = 3_600_000;

function landed(count: number) {
  let delivery: { batches: readonly Batch[]; lastSentAt: number } = { batches: [], lastSentAt: 10 };
  for (let each = 0; each < count; each += 1) {
    delivery = withBatch(delivery, { from: each * 5, to: each * 5 + 5 }, 30 + each);
  }
  return delivery.batches;
}

describe('batches', () => {
  it('say when an entry landed and how long the answer took: the first and the last of one, and none outside', () => {
    const batches = landed(3);
    expect(batchOf(batches, 0)).toBeNull();
    expect(batchOf(batches, 1)).toEqual({ from: 0, to: 5, at: 30, ms: 20 });
    expect(batchOf(batches, 5)).toEqual({ from: 0, to: 5, at: 30, ms: 20 });
    expect(batchOf(batches, 6)?.at).toBe(31);
    expect(batchOf(batches, 16)).toBeNull();
  });

  it('are the newest hundred', () => {
    const batches = landed(150);
    expect(batches).toHaveLength(100);
    expect(batchOf(batches, 250)).toBeNull();
    expect(batchOf(batches, 251)?.at).toBe(80);
  });
});

describe('hours', () => {
  it('add up, and are two days', () => {
    let hours: Hours = {};
    for (let hour = 100; hour < 200; hour += 1) {
      hours = withHour(hours, hour * HOUR_MS, { accepted: 1 });
      hours = withHour(hours, hour * HOUR_MS + 5, { landed: 2 });
    }
    expect(Object.keys(hours)).toHaveLength(48);
    expect(hours[199]).toEqual({ accepted: 1, landed: 2 });
    expect(hours[151]).toBeUndefined();
  });
});
