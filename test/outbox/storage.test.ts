// When a shard drops what is delivered, and when it refuses, at the very shares of its disk: 80 % and 95 %.

import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { platformOver } from '../../src/cli/node-sqlite.ts';
import { openStorage } from '../../src/outbox/storage.ts';
import { numbersOf } from '../../src/platform/migrations.ts';
import { countingRun } from '../../src/platform/sql.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 10, 24);

/** A shard with an entry in each of five hours; of its disk each hour is so much. */
function open({ delivered }: { readonly delivered: number }) {
  const platform = platformOver(new DatabaseSync(':memory:'));
  const run = countingRun(platform.sql, () => undefined);
  const hours = () => numbersOf(run, 'journal').length;
  const state = { percent: 50, percentOfAnHour: 0 };
  const bytes = () => state.percent - (5 - hours()) * state.percentOfAnHour;
  const disk = { bytes, bytesMax: 100 };
  const storage = openStorage({ ...platform, disk });
  for (let hour = 0; hour < 5; hour += 1) {
    const entry = { at: START + hour * HOUR, person: 'p', isRemoval: false, messages: [] };
    storage.transaction(({ journal }) => journal.append(entry));
  }
  const delivery = storage.delivery();
  storage.save({ ...delivery, cursor: { ...delivery.cursor, seq: delivered } });
  const takeIn = (percent: number, percentOfAnHour: number) => {
    Object.assign(state, { percent, percentOfAnHour });
    storage.takeIn(() => undefined);
    return hours();
  };
  return { takeIn, hours };
}

describe('a shard that takes something in', () => {
  it('drops nothing below 80 %, and from there on the oldest hours until it is below', () => {
    const { takeIn } = open({ delivered: 5 });
    expect(takeIn(79, 1)).toBe(5);
    expect(takeIn(80, 1)).toBe(4);
    expect(takeIn(83, 1)).toBe(1);
  });

  it('keeps the hour that runs, and what is not delivered', () => {
    expect(open({ delivered: 5 }).takeIn(94, 0)).toBe(1);
    expect(open({ delivered: 2 }).takeIn(94, 0)).toBe(3);
  });

  it('takes it below 95 %, and from there on only where the hour that runs can go', () => {
    const { takeIn, hours } = open({ delivered: 0 });
    expect(takeIn(94, 0)).toBe(5);
    expect(() => takeIn(95, 0)).toThrow('only what is undelivered is left');
    expect(hours()).toBe(5);
    expect(open({ delivered: 5 }).takeIn(95, 0)).toBe(0);
  });
});
