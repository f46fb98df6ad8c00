// Where each kind of reading goes, and what the provider is told of it: the door over shards that only write down what
// they are asked.

import { describe, expect, it } from 'vitest';

import { deliver } from '../../src/door/deliver.ts';
import type { DoorShards } from '../../src/door/deliver.ts';
import type { Reading } from '../../src/intake/provider.ts';
import type { AcceptOutcome } from '../../src/outbox/people/recorded.ts';
import { claim } from '../support/person-events.ts';

type Event = Extract<Reading, { kind: 'event' }>;

const NOW = 1_790_000_000_000;

const EVENT: Event = {
  kind: 'event',
  id: 'evt_1',
  type: 'charge.dispute.created',
  userId: null,
  customerId: null,
  chargeId: null,
  claims: [],
  news: [],
};

/** `outcomes`: of one accept after the other; then all are accepted. */
function shardsThat(answers: Partial<DoorShards> = {}, outcomes: AcceptOutcome[] = []) {
  const asked: string[] = [];
  const shards: DoorShards = {
    accept: async (userId, { customerId, link = null }) => {
      asked.push(`accept ${userId} ${String(customerId)} ${String(link)}`);
      return { outcome: outcomes.shift() ?? 'accepted', messages: 1 };
    },
    leave: async ({ customerId }) => void asked.push(`leave ${customerId}`),
    noteUnusable: async (provider, remedy) => void asked.push(`unusable ${provider}: ${remedy}`),
    parkEvent: async ({ id, body }) => {
      asked.push(`park ${id} ${body}`);
      return 'parked';
    },
    place: async ({ customerId, userId }) => {
      asked.push(`place ${customerId} ${String(userId)}`);
      return userId === null
        ? { kind: 'person', userId: 'user_linked', link: 7 }
        : { kind: 'person', userId };
    },
    placeCharge: async (chargeId) => {
      asked.push(`place ${chargeId}`);
      return { kind: 'customer', customerId: 'cus_of_charge' };
    },
    learnCharge: async (chargeId, customerId) => void asked.push(`learn ${chargeId} ${customerId}`),
    learn: async ({ customerId }) => void asked.push(`learn ${customerId}`),
    learnExternal: async ({ externalId }) => void asked.push(`learn ${externalId}`),
    meant: async (named) => {
      asked.push(`meant ${named}`);
      return named === 'legacy_1' ? 'user_1' : null;
    },
    erase: async (customerId, userId, at) => void asked.push(`erase ${customerId} ${userId} ${at}`),
    ...answers,
  };
  return { shards, asked };
}

function delivered(shards: DoorShards, reading: Reading) {
  return deliver(shards, { provider: 'stripe', body: '{}', now: NOW, reading });
}

describe('deliver', () => {
  it('takes an event that names its person there, and learns its links after that', async () => {
    const { shards, asked } = shardsThat();
    const claims = [claim('cus_1', 'user_1'), claim('cus_2', 'user_1')];
    expect(await delivered(shards, { ...EVENT, userId: 'user_1', claims })).toBe('accepted');
    expect(asked).toEqual(['accept user_1 null null', 'learn cus_1', 'learn cus_2']);
  });

  it('tells every shard whose name of before a user has, after they are stored', async () => {
    const { shards, asked } = shardsThat();
    const known = { externalId: 'legacy_1', userId: 'user_1', asOf: 1 };
    expect(await delivered(shards, { ...EVENT, userId: 'user_1', known })).toBe('accepted');
    expect(asked).toEqual(['accept user_1 null null', 'learn legacy_1']);
  });

  it('asks whom metadata means where there is no customer, and takes it to nobody else', async () => {
    const { shards, asked } = shardsThat();
    const named = { ...EVENT, externalId: 'legacy_1' };
    expect(await delivered(shards, named)).toBe('accepted');
    expect(await delivered(shards, { ...EVENT, externalId: 'legacy_2' })).toBe('ignored');
    expect(asked).toEqual(['meant legacy_1', 'accept user_1 null null', 'meant legacy_2']);
  });

  it('learns no links of a deleted person', async () => {
    const { shards, asked } = shardsThat({}, ['erased']);
    const claims = [claim('cus_1', 'user_1')];
    expect(await delivered(shards, { ...EVENT, userId: 'user_1', claims })).toBe('ignored');
    expect(asked).toEqual(['accept user_1 null null']);
  });

  it('takes an event of a customer to the person of the link, by its version', async () => {
    const { shards, asked } = shardsThat();
    expect(await delivered(shards, { ...EVENT, customerId: 'cus_1' })).toBe('accepted');
    expect(asked).toEqual(['place cus_1 null', 'accept user_linked cus_1 7']);
  });

  it('takes an event that names only its charge to the person of its customer, as an event of that customer', async () => {
    const { shards, asked } = shardsThat();
    expect(await delivered(shards, { ...EVENT, chargeId: 'ch_1' })).toBe('accepted');
    expect(asked).toEqual([
      'place ch_1',
      'place cus_of_charge null',
      'accept user_linked cus_of_charge 7',
    ]);
  });

  it('learns whose a charge is from an event that names both, before the event goes to its person', async () => {
    const { shards, asked } = shardsThat();
    await delivered(shards, { ...EVENT, customerId: 'cus_1', chargeId: 'ch_1' });
    expect(asked).toEqual(['learn ch_1 cus_1', 'place cus_1 null', 'accept user_linked cus_1 7']);
  });

  it('places an event once more when its link has moved, and throws when it never rests', async () => {
    const once = shardsThat({}, ['moved']);
    expect(await delivered(once.shards, { ...EVENT, customerId: 'cus_1' })).toBe('accepted');
    expect(once.asked.filter((each) => each.startsWith('place'))).toHaveLength(2);
    const always = shardsThat({}, ['moved', 'moved', 'moved']);
    await expect(delivered(always.shards, { ...EVENT, customerId: 'cus_1' })).rejects.toThrow(
      'the link moved',
    );
  });

  it('takes an event that still names a deleted person to whoever has the customer now', async () => {
    const { shards, asked } = shardsThat({}, ['erased']);
    const reading = { ...EVENT, userId: 'user_gone', customerId: 'cus_1' };
    expect(await delivered(shards, reading)).toBe('accepted');
    expect(asked).toEqual([
      'place cus_1 user_gone',
      'accept user_gone cus_1 null',
      `erase cus_1 user_gone ${NOW}`,
      'place cus_1 null',
      'accept user_linked cus_1 7',
    ]);
  });

  it.each([
    ['waiting', 'waiting'],
    ['nothing', 'ignored'],
    ['erased', 'ignored'],
  ] as const)('answers a placement of %s with %s', async (kind, outcome) => {
    const { shards } = shardsThat({ place: async () => ({ kind }) });
    expect(await delivered(shards, { ...EVENT, customerId: 'cus_1' })).toBe(outcome);
  });

  it('tells of a duplicate, and ignores an event that names nobody', async () => {
    const { shards, asked } = shardsThat({}, ['duplicate']);
    expect(await delivered(shards, { ...EVENT, userId: 'user_1' })).toBe('duplicate');
    asked.length = 0;
    expect(await delivered(shards, EVENT)).toBe('ignored');
    expect(asked).toEqual([]);
  });

  it('parks what it could not read, with its body', async () => {
    const { shards, asked } = shardsThat();
    const reading = { kind: 'unreadable', id: 'evt_1', type: 'x', problems: ['x'] } as const;
    expect(await delivered(shards, reading)).toBe('parked');
    expect(asked).toEqual(['park evt_1 {}']);
  });

  it('remembers an endpoint that sends what cannot be used, and tells what it ignored with the next event', async () => {
    const ignored = { kind: 'ignored', id: 'evt_1', type: 'x', reason: 'no_moment' } as const;
    const told: unknown[] = [];
    const { shards, asked } = shardsThat({
      accept: async (_userId, _event, counts) => {
        told.push(counts);
        return { outcome: 'accepted', messages: 1 };
      },
    });
    await delivered(shards, { ...ignored, remedy: 'use snapshot events' });
    expect(asked).toEqual(['unusable stripe: use snapshot events']);
    await delivered(shards, ignored);
    await delivered(shards, ignored);
    await delivered(shards, { ...EVENT, userId: 'user_1' });
    await delivered(shards, { ...EVENT, userId: 'user_1' });
    expect(told).toEqual([{ stripe: 2 }, {}]);
  });
});
