// Which messages come next, and how they go over the wire.

import { describe, expect, it } from 'vitest';

import { BATCH_BYTES_MAX } from '../../../src/customerio/limits.ts';
import {
  BATCH_MESSAGES_MAX,
  foldIdentifies,
  planBatch,
} from '../../../src/outbox/delivery/plan-batch.ts';
import type { Entry } from '../../../src/outbox/journal/entry.ts';
import type { Message } from '../../../src/person/message.ts';

const START = { seq: 0, part: 0 };

function message(type: 'identify' | 'track', messageId: string, size = 0): Message {
  const common = { userId: 'user_1', messageId, timestamp: '2026-11-23T12:00:00.000Z' };
  const filler = { filler: 'x'.repeat(size) };
  return type === 'identify'
    ? { ...common, type, traits: filler }
    : { ...common, type, event: 'e', properties: filler };
}

function entry(seq: number, messages: Message[], more: Partial<Entry> = {}): Entry {
  return { seq, at: 0, person: 'p1', isRemoval: false, messages, ...more };
}

const ids = (items: readonly { message: Message }[]) => items.map((each) => each.message.messageId);
const nobody = () => false;

describe('planBatch', () => {
  it('takes messages in journal order and ends behind the last entry', () => {
    const entries = [
      entry(1, [message('identify', 'a'), message('track', 'b')]),
      entry(2, [message('track', 'c')]),
    ];
    const plan = planBatch(entries, START, nobody);
    expect(ids(plan.items)).toEqual(['a', 'b', 'c']);
    expect(plan.end).toEqual({ seq: 2, part: 0 });
    expect(plan.items[0]?.next).toEqual({ seq: 0, part: 1 });
  });

  it('goes on within an entry that is partly delivered', () => {
    const entries = [entry(4, [message('identify', 'a'), message('track', 'b')])];
    const plan = planBatch(entries, { seq: 3, part: 1 }, nobody);
    expect(ids(plan.items)).toEqual(['b']);
  });

  it('stays within the bytes of a batch, and ends where it stopped', () => {
    const entries = Array.from({ length: 30 }, (_, index) =>
      entry(index + 1, [message('track', String(index), 30_000)]),
    );
    const plan = planBatch(entries, START, nobody);
    const body = JSON.stringify({ batch: plan.items.map((item) => item.message) });
    expect(body.length).toBeLessThanOrEqual(BATCH_BYTES_MAX);
    expect(body.length).toBeGreaterThan(BATCH_BYTES_MAX - 31_000);
    expect(plan.end).toEqual({ seq: plan.items.length, part: 0 });
  });

  it('stays within the messages of a batch', () => {
    const many = Array.from({ length: 600 }, (_, index) => message('track', String(index)));
    expect(planBatch([entry(1, many)], START, nobody).items).toHaveLength(BATCH_MESSAGES_MAX);
  });

  it('takes one message however large, so that it can be parked', () => {
    const plan = planBatch([entry(1, [message('track', 'a', 600_000)])], START, nobody);
    expect(ids(plan.items)).toEqual(['a']);
  });

  it('leaves out the erased, except for their removal, and passes over what it left out', () => {
    const entries = [
      entry(1, [message('identify', 'a'), message('track', 'b')]),
      entry(2, [message('track', 'removal')], { isRemoval: true }),
      entry(3, [message('track', 'late')]),
    ];
    const plan = planBatch(entries, START, () => true);
    expect(ids(plan.items)).toEqual(['removal']);
    expect(plan).toMatchObject({ skipped: 3, end: { seq: 3, part: 0 } });
  });
});

describe('foldIdentifies', () => {
  it('sends the newest identify of a person where the first one stood', () => {
    const entries = [
      entry(1, [message('identify', 'old'), message('track', 't1')]),
      entry(2, [message('identify', 'other')], { person: 'p2' }),
      entry(3, [message('identify', 'new'), message('track', 't2')]),
    ];
    const { items } = planBatch(entries, START, nobody);
    const folded = foldIdentifies(items).map((each) => each.messageId);
    expect(folded).toEqual(['new', 't1', 'other', 't2']);
  });
});
