// The newest webhooks of a shard: what a cursor answers, and what becomes of each.

import { describe, expect, it } from 'vitest';

import { openRecent, RECENT_MAX } from '../../src/outbox/recent.ts';
import type { NewWebhook } from '../../src/outbox/recent.ts';

const nobodyIsHeld = () => false;

function ringOf(bornAt = 1_000) {
  return openRecent({ name: 's0', bornAt, parked: 0 });
}

function webhook(event: string, seq?: number): NewWebhook {
  const common = { at: 5, provider: 'clerk', event, type: 'user.created', outcome: 'accepted' };
  if (seq === undefined) return common;
  return { ...common, userId: 'user_1', told: ['identify'], journal: { seq, person: 'hash' } };
}

describe('the ring', () => {
  it('answers all behind no cursor, and only what is new or has changed behind one', () => {
    const ring = ringOf();
    ring.note(webhook('msg_1', 1));
    const first = ring.after('');
    expect(first.webhooks).toMatchObject([{ event: 'msg_1', landing: 'pending', landedAt: null }]);
    expect(ring.after(first.next).webhooks).toEqual([]);
    ring.note(webhook('msg_2'));
    ring.reach({ seq: 1, parked: 0, at: 9 }, nobodyIsHeld);
    const second = ring.after(first.next);
    expect(second.webhooks).toMatchObject([
      { event: 'msg_1', landing: 'landed', landedAt: 9 },
      { event: 'msg_2', landing: 'none' },
    ]);
    expect(second.webhooks[0]?.id).toBe(first.webhooks[0]?.id);
    expect(ring.after(second.next).webhooks).toEqual([]);
  });

  it.each(['', 's0-xyz-3', 's1-rs-1', 'nonsense', 's0-rs-', '%'])(
    'answers all behind a cursor that is none of this life: "%s"',
    (cursor) => {
      const ring = ringOf();
      ring.note(webhook('msg_1'));
      expect(ring.after(cursor).webhooks).toHaveLength(1);
    },
  );

  it('keeps the newest, and forgets the rest', () => {
    const ring = ringOf();
    for (let number = 0; number < RECENT_MAX + 5; number += 1) ring.note(webhook(`msg_${number}`));
    const { webhooks } = ring.after('');
    expect(webhooks).toHaveLength(RECENT_MAX);
    expect(webhooks[0]?.event).toBe('msg_5');
  });

  it('has ids that another life of the shard does not give again', () => {
    const [one, other] = [ringOf(1_000), ringOf(2_000)];
    for (const ring of [one, other]) ring.note(webhook('msg_1'));
    expect(one.after('').webhooks[0]?.id).not.toBe(other.after('').webhooks[0]?.id);
  });

  it('does not call landed what was put aside, or what waits with its person', () => {
    const ring = ringOf();
    ring.note(webhook('msg_1', 1));
    ring.note(webhook('msg_2', 2));
    ring.note(webhook('msg_3', 3));
    ring.reach({ seq: 1, parked: 1, at: 9 }, nobodyIsHeld);
    ring.reach({ seq: 2, parked: 1, at: 10 }, () => true);
    const landings = () => ring.after('').webhooks.map(({ landing }) => landing);
    expect(landings()).toEqual(['parked', 'held', 'pending']);
    ring.look(() => true);
    expect(landings()).toEqual(['parked', 'held', 'pending']);
    ring.look(nobodyIsHeld);
    expect(landings()).toEqual(['parked', 'landed', 'pending']);
  });

  it('knows a webhook one of whose messages was put aside while the others follow', () => {
    const ring = ringOf();
    ring.note(webhook('msg_1', 1));
    ring.reach({ seq: 0, parked: 1, at: 9 }, nobodyIsHeld);
    ring.reach({ seq: 1, parked: 1, at: 10 }, nobodyIsHeld);
    expect(ring.after('').webhooks).toMatchObject([{ landing: 'parked' }]);
  });

  it('forgets who was deleted, and that anything of theirs would land', () => {
    const ring = ringOf();
    ring.note(webhook('msg_1', 1));
    ring.forget('user_1');
    ring.reach({ seq: 1, parked: 0, at: 9 }, nobodyIsHeld);
    expect(ring.after('').webhooks).toMatchObject([{ userId: null, landing: 'none' }]);
  });
});
