// What is an incident, when it begins and when it is over.

import { describe, expect, it } from 'vitest';

import type { ShardHealth } from '../../src/outbox/capabilities.ts';
import { NO_COUNTERS } from '../../src/outbox/delivery/record.ts';
import { NO_MAIL_COUNTERS } from '../../src/outbox/mail/table.ts';
import { changesOf, incidentsOf } from '../../src/watch/incidents.ts';

const NOW = Date.UTC(2026, 10, 24);
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

function health(more: Partial<ShardHealth> = {}): ShardHealth {
  const fine = { pending: 0, lagMs: 0, parked: 0, pause: null, lastEventAt: {}, unusable: {} };
  const figures = {
    refusedErasures: 0,
    held: 0,
    storedBytes: 0,
    storedShare: 0,
    heldMessages: 0,
    delay: null,
    largeOrganizations: 0,
    lastLandedAt: 0,
    taken: {},
    landed: {},
    mails: { due: 0, ...NO_MAIL_COUNTERS },
    mailDelay: null,
  };
  return { ...fine, ...figures, counters: NO_COUNTERS, ...more };
}

function found(healths: ShardHealth[], isKeyMissing = false): string[] {
  const circumstances = { now: NOW, isKeyMissing, lagAlertMs: 10 * MINUTE, links: [] };
  return Object.keys(incidentsOf(healths, circumstances));
}

describe('incidentsOf', () => {
  it('tells of a shard that fills, of either kind, from 60 % on', () => {
    expect(found([health({ storedShare: 0.6 })])).toEqual([]);
    expect(found([health(), health({ storedShare: 0.61 })])).toEqual(['storage']);
    const links = [{ storedShare: 0.2 }, { storedShare: 0.75 }];
    const circumstances = { now: NOW, isKeyMissing: false, lagAlertMs: 10 * MINUTE, links };
    expect(incidentsOf([health()], circumstances)).toEqual({ storage: 'a shard is 75 % full' });
  });

  it('tells who is held, and that more and more is parked', () => {
    expect(found([health({ held: 1 }), health({ parked: 9 })])).toEqual(['parked', 'held']);
    expect(found([health({ parked: 60 }), health({ parked: 40 })])).toEqual([
      'parked',
      'parked_10',
      'parked_100',
    ]);
  });

  it('finds nothing where all is well, and nothing in a shard that was never used', () => {
    expect(found([health(), health({ lastEventAt: { clerk: NOW - DAY } })])).toEqual([]);
  });

  it.each([
    ['parked', [health(), health({ parked: 1 })]],
    ['erasure_refused', [health(), health({ refusedErasures: 1 })]],
    ['fanout_exceeded', [health({ largeOrganizations: 2 }), health({ largeOrganizations: 1 })]],
    ['lag', [health({ lagMs: 10 * MINUTE + 1 })]],
    ['paused_credentials_invalid', [health({ pause: 'credentials_invalid' })]],
    [
      'customerio_refused',
      [health({ mailDelay: 'customerio_refused', mails: { due: 2, ...NO_MAIL_COUNTERS } })],
    ],
    ['silent_clerk', [health({ lastEventAt: { clerk: NOW - DAY - 1, stripe: NOW } })]],
  ])('finds %s', (name, healths) => {
    expect(found(healths)).toEqual([name]);
  });

  it('finds an endpoint that sends what tells nothing, until an hour after the last of it', () => {
    const sends = (at: number) =>
      health({
        unusable: { stripe: { at, remedy: 'use snapshot events' } },
        taken: { stripe: { unusable: 7 } },
      });
    const about = { now: NOW, isKeyMissing: false, lagAlertMs: 10 * MINUTE, links: [] };
    expect(incidentsOf([health(), sends(NOW - 59 * MINUTE)], about)).toEqual({
      unusable_stripe: 'stripe: 7 events told nothing, use snapshot events',
    });
    expect(found([sends(NOW - 60 * MINUTE)])).toEqual([]);
  });

  it('finds what moves with a link and does not get through', () => {
    const about = { now: NOW, isKeyMissing: false, lagAlertMs: 10 * MINUTE };
    expect(
      Object.keys(
        incidentsOf([health()], {
          ...about,
          links: [{ storedShare: 0, stuck: 2 }, { storedShare: 0 }],
        }),
      ),
    ).toEqual(['links_stuck']);
  });

  it('tells that webhooks get lost where more than a handful was pulled, and why a sync stands', () => {
    const told = (sync: { problem: string | null; healed: number }) =>
      Object.keys(
        incidentsOf([health()], { now: NOW, isKeyMissing: false, lagAlertMs: 10 * MINUTE, sync }),
      );
    expect(told({ problem: null, healed: 5 })).toEqual([]);
    expect(told({ problem: null, healed: 6 })).toEqual(['webhooks_lost']);
    expect(told({ problem: 'sync_unanswered', healed: 0 })).toEqual(['sync_unanswered']);
  });

  it('finds a key that is not set', () => {
    expect(found([health()], true)).toEqual(['key_missing']);
  });

  it('calls a provider silent only when no shard has heard of it', () => {
    const silent = health({ lastEventAt: { clerk: NOW - 3 * DAY } });
    expect(found([silent, health({ lastEventAt: { clerk: NOW - 1 } })])).toEqual([]);
  });

  it('takes another bound for the lag', () => {
    const about = { now: NOW, isKeyMissing: false, lagAlertMs: MINUTE, links: [] };
    expect(incidentsOf([health({ lagMs: 2 * MINUTE })], about)).toEqual({
      lag: 'the oldest message has waited for 2 minutes',
    });
  });

  it('finds no lag at ten minutes sharp', () => {
    expect(found([health({ lagMs: 10 * MINUTE })])).toEqual([]);
  });
});

describe('changesOf', () => {
  it('tells what is new and what is gone, and nothing of what goes on', () => {
    const changes = changesOf(['lag', 'parked'], { parked: 'x', silent_clerk: 'y' }, true);
    expect(changes).toEqual({ begun: ['silent_clerk'], over: ['lag'] });
  });

  it('calls nothing over while a shard does not answer', () => {
    expect(changesOf(['lag'], {}, false)).toEqual({ begun: [], over: [] });
  });
});
