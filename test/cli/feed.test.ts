// The log of a relay as one line per webhook, at 80 columns, and in whatever order the log comes.

import { describe, expect, it } from 'vitest';

import { feedText } from '../../src/cli/feed/feed-text.ts';
import { openFeed } from '../../src/cli/feed/feed.ts';
import type { FeedLine } from '../../src/cli/feed/feed.ts';
import { openFollow } from '../../src/cli/feed/follow.ts';
import { wrapped } from '../../src/cli/feed/wrap.ts';

const app = (
  decision: string,
  event: string,
  type = 'invoice.paid',
  reason: string | null = null,
) =>
  JSON.stringify({ stage: 'app', decision, provider: 'stripe', event, type, reason, remedy: null });
const taken = (event: string, told: string, seq: number, shard = 's0') =>
  JSON.stringify({ stage: 'outbox', decision: 'accepted', shard, event, told, seq });
const delivered = (seq: number, shard = 's0') =>
  JSON.stringify({ stage: 'outbox', shard, decision: 'delivered', messages: 1, seq });

function heard(...lines: string[]): string[] {
  const printed: FeedLine[] = [];
  const feed = openFeed((line) => printed.push(line));
  for (const [index, line] of lines.entries()) feed.hear(line, 1_000 * index);
  return printed
    .flatMap((line) => feedText(line, { width: 80, stream: null }))
    .map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'TIME'));
}

describe('the feed', () => {
  it('tells what a webhook made land, and how long that took', () => {
    const lines = [
      taken('evt_1', 'payment_succeeded subscription_renewed', 7),
      app('accepted', 'evt_1'),
      '[wrangler:info] POST /webhooks/stripe 200 OK (12ms)',
      delivered(7),
    ];
    expect(heard(...lines)).toEqual([
      'TIME stripe invoice.paid accepted → payment_succeeded, subscription_renewed',
      '  3000 ms',
    ]);
  });

  it('waits for the landing of the right shard', () => {
    const lines = [taken('evt_1', 'identify', 7), app('accepted', 'evt_1'), delivered(9, 's1')];
    expect(heard(...lines, delivered(6))).toEqual([]);
    expect(heard(...lines, delivered(8))).toEqual([
      'TIME stripe invoice.paid accepted → identify 3000 ms',
    ]);
  });

  it('tells what needs no landing at once, and what waited once it is released', () => {
    const lines = [
      app('duplicate', 'evt_1'),
      app('ignored', 'evt_2', 'invoice.created', 'no_moment'),
      app('waiting', 'evt_3', 'customer.subscription.created'),
      taken('evt_3', 'identify trial_started', 8),
      delivered(8),
    ];
    expect(heard(...lines)).toEqual([
      'TIME stripe invoice.paid duplicate',
      'TIME stripe invoice.created ignored (no_moment)',
      'TIME stripe customer.subscription.created waiting',
      'TIME stripe customer.subscription.created released → identify, trial_started',
      '  1000 ms',
    ]);
  });

  it('tells at once what an organization tells its people, and of which nothing is told', () => {
    const ofMany = (event: string, told: string) =>
      JSON.stringify({ stage: 'outbox', decision: 'accepted', shard: 's0', event, told });
    const lines = [
      ofMany('evt_1', 'payment_failed subscription_past_due'),
      app('accepted', 'evt_1', 'invoice.payment_failed'),
      app('waiting', 'evt_2', 'customer.subscription.created'),
      ofMany('evt_3', ''),
      app('accepted', 'evt_3', 'customer.updated'),
      ofMany('evt_2', 'subscription_started'),
      ofMany('evt_4', 'organization_deleted Object Deleted'),
      app('accepted', 'evt_4', 'organization.deleted'),
    ];
    expect(heard(...lines)).toEqual([
      'TIME stripe invoice.payment_failed accepted → payment_failed,',
      '  subscription_past_due',
      'TIME stripe customer.subscription.created waiting',
      'TIME stripe customer.updated accepted',
      'TIME stripe customer.subscription.created released → subscription_started',
      'TIME stripe organization.deleted accepted → organization_deleted, Object',
      '  Deleted',
    ]);
  });

  it('tells why delivery is late, and what has not landed before it', () => {
    const retry = JSON.stringify({
      stage: 'outbox',
      shard: 's0',
      decision: 'retry',
      reason: 'unreachable',
    });
    const lines = [taken('evt_1', 'User Deleted', 7), app('accepted', 'evt_1', 'user.deleted')];
    expect(heard(...lines, retry)).toEqual([
      'TIME stripe user.deleted accepted → User Deleted (not landed yet)',
      'TIME delivery retry: unreachable',
    ]);
  });

  it('says of refusals who sent them, and of anything else nothing', () => {
    const refused =
      '{"stage":"app","decision":"refused","provider":"clerk","reason":"signature_stale"}';
    expect(heard(refused, '{"stage":', 'null', '{"stage":"audit"}')).toEqual([
      'TIME clerk refused (signature_stale)',
    ]);
  });

  it('remembers a bounded number of webhooks that an older Worker says nothing more of', () => {
    const lines = Array.from({ length: 1_003 }, (_, index) => app('accepted', `evt_${index}`));
    expect(heard(...lines)).toHaveLength(3);
  });
});

describe('wrapped', () => {
  it('breaks between words alone, and hangs what follows', () => {
    expect(wrapped('  -> one two three', 12)).toEqual(['  -> one two', '       three']);
    expect(wrapped('a https://very.long.example.test/address b', 10)).toEqual([
      'a',
      '  https://very.long.example.test/address',
      '  b',
    ]);
  });
});

describe('a Worker that is followed', () => {
  const webhook = (event: string, more: object = {}) => ({
    id: event,
    at: 1_000,
    provider: 'stripe',
    event,
    type: 'invoice.paid',
    outcome: 'accepted',
    reason: null,
    userId: null,
    told: ['payment_succeeded'],
    landing: 'pending',
    landedAt: null,
    entry: null,
    ...more,
  });
  const landed = (event: string, ms: number) =>
    webhook(event, { landing: 'landed', landedAt: 1_000 + ms });

  function follow() {
    const lines: string[] = [];
    const { hear } = openFollow((line) => {
      const [text = ''] = feedText(line, { width: 200, stream: null });
      lines.push(text.replace(/^\S+ stripe /, ''));
    }, 5_000);
    return { hear, lines };
  }

  it('tells a webhook once, when it has landed', () => {
    const { hear, lines } = follow();
    hear([webhook('evt_1')], 0);
    hear([], 4_999);
    expect(lines).toEqual([]);
    hear([landed('evt_1', 281)], 4_999);
    hear([], 20_000);
    expect(lines).toEqual(['invoice.paid accepted → payment_succeeded 281 ms']);
  });

  it('tells what does not land after a while, once, and again when it has', () => {
    const { hear, lines } = follow();
    hear([webhook('evt_1')], 0);
    hear([], 5_000);
    hear([], 10_000);
    expect(lines).toEqual(['invoice.paid accepted → payment_succeeded (not landed yet)']);
    hear([landed('evt_1', 12_000)], 12_000);
    expect(lines[1]).toBe('invoice.paid accepted → payment_succeeded 12000 ms');
  });

  it('tells at once what tells nothing, and what waited when it is released', () => {
    const { hear, lines } = follow();
    const nothing = { told: [], landing: 'none' };
    hear([webhook('evt_1', { ...nothing, outcome: 'waiting' })], 0);
    hear([webhook('evt_2', { ...nothing, outcome: 'ignored', reason: 'no_moment' })], 0);
    hear([{ ...landed('evt_1', 5), id: 'another' }], 1);
    hear([{ ...landed('evt_1', 5), id: 'third' }], 2);
    expect(lines).toEqual([
      'invoice.paid waiting',
      'invoice.paid ignored (no_moment)',
      'invoice.paid released → payment_succeeded 5 ms',
      'invoice.paid accepted → payment_succeeded 5 ms',
    ]);
  });

  it('calls nothing landed that was put aside or waits with its person', () => {
    const { hear, lines } = follow();
    hear([webhook('evt_1', { landing: 'parked' }), webhook('evt_2', { landing: 'held' })], 0);
    expect(lines).toEqual([
      'invoice.paid accepted → payment_succeeded (put aside)',
      'invoice.paid accepted → payment_succeeded (held: their messages wait)',
    ]);
  });

  it('calls nothing late that an organization tells its people, each by themselves', () => {
    const { hear, lines } = follow();
    hear([webhook('evt_1', { landing: 'none' })], 0);
    hear([], 20_000);
    expect(lines).toEqual(['invoice.paid accepted → payment_succeeded']);
  });
});
