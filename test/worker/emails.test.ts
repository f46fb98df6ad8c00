// Mails by rule, in workerd: sent when the track has landed, once, and never when nobody knows whether they were.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';

import type { News, PersonEvent } from '../../src/person/news.ts';
import { collectSent } from './sent.ts';
import type { Message, Request } from './sent.ts';
import { stillClock } from './still-clock.ts';

const HOUR = 3_600_000;

const sent = collectSent();
stillClock();
const isMail = ({ url }: Request) => url.host === 'app.test';

/** What the App API was asked to mail, taken or not. */
function mails(): Message[] {
  return sent.requests.filter(isMail).map(({ body }) => body);
}

function tracks(): unknown[] {
  return sent.messages.filter(({ type }) => type === 'track').map(({ event }) => event);
}

/** The next mails meet these answers, one each; a function may throw as a broken network does. */
function mailsMeet(...script: readonly (() => Response)[]): void {
  const answers = [...script];
  const fine = () => Response.json({ delivery_id: 'd1', queued_at: 1 });
  sent.answer = (request) => (isMail(request) ? (answers.shift() ?? fine)() : Response.json({}));
}

/** A moment with a rule: `payment_method_updated` mails message 12, `refund_issued` mails `refund` to everybody. */
function moment(
  key: string,
  more: { readonly name?: 'refund_issued'; readonly occurredAt?: number } = {},
): PersonEvent {
  const name = more.name ?? 'payment_method_updated';
  const occurredAt = more.occurredAt ?? Date.now();
  const about = { key: [name, key], keyAt: occurredAt, occurredAt, subscriptionId: null };
  const happened = { ...about, name, properties: { last4: '4242' }, once: 'seen' } as const;
  const news: News[] = [{ kind: 'moment', moment: happened }];
  return { provider: 'stripe', id: key, type: 'test', customerId: null, news };
}

function user(traits: Record<string, string | boolean>): PersonEvent {
  const facet = { asOf: Date.now(), rank: 0, traits } as const;
  const news: News = { kind: 'user', facet, created: false, createdAt: 0 };
  return { provider: 'clerk', id: 'msg', type: 'user.updated', customerId: null, news: [news] };
}

const ADA = { email: 'ada@example.test' };

async function shardWith(traits: Record<string, string | boolean>) {
  const stub = env.OUTBOX.getByName(crypto.randomUUID());
  await stub.accept('user_1', user(traits));
  await runDurableObjectAlarm(stub);
  return stub;
}

type Stub = Awaited<ReturnType<typeof shardWith>>;

async function parked(stub: Stub): Promise<string[]> {
  return runInDurableObject(stub, (_, state) =>
    state.storage.sql
      .exec('SELECT reason FROM parked')
      .toArray()
      .map(({ reason }) => String(reason)),
  );
}

describe('a mail by rule', () => {
  it('goes out once its track has landed, to the email that is known', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1'));
    sent.script = [() => new Response(null, { status: 503 })];
    await runDurableObjectAlarm(stub);
    expect({ tracks: tracks(), mails: mails() }).toEqual({ tracks: [], mails: [] });
    await runInDurableObject(stub, (_, state) => {
      state.storage.sql.exec(`DELETE FROM state WHERE name = 'delivery'`);
    });
    await evictDurableObject(stub);
    await runDurableObjectAlarm(stub);
    expect(tracks()).toContain('payment_method_updated');
    expect(mails()).toEqual([
      {
        transactional_message_id: 12,
        to: 'ada@example.test',
        identifiers: { id: 'user_1' },
        message_data: { last4: '4242' },
        send_to_unsubscribed: false,
      },
    ]);
    const asked = sent.requests.filter(isMail);
    expect(asked.map(({ url, headers }) => [url.pathname, headers.get('authorization')])).toEqual([
      ['/v1/send/email', 'Bearer app-key'],
    ]);
    expect(await stub.health()).toMatchObject({ mails: { due: 0, sent: 1 } });
  });

  it('goes to the unsubscribed where its rule says so', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('re_1', { name: 'refund_issued' }));
    await runDurableObjectAlarm(stub);
    expect(mails()).toMatchObject([
      { transactional_message_id: 'refund', send_to_unsubscribed: true },
    ]);
  });

  it('goes out once, however often its moment is told', async () => {
    const stub = await shardWith(ADA);
    for (const _ of [1, 2, 3]) {
      await stub.accept('user_1', moment('pm_1'));
      await runDurableObjectAlarm(stub);
    }
    expect(mails()).toHaveLength(1);
  });

  it('does not go out for a track that was refused', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1'));
    sent.script = [() => new Response(null, { status: 400 })];
    await runDurableObjectAlarm(stub);
    expect(await parked(stub)).toEqual(['request_invalid']);
    expect(mails()).toEqual([]);
  });

  it.each([
    ['a server that fails', () => new Response(null, { status: 500 })],
    ['a connection that is lost', () => failing('Network connection lost.')],
  ])('is parked and never asked again after %s', async (_, fault) => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1'));
    mailsMeet(fault);
    await runDurableObjectAlarm(stub);
    expect(await parked(stub)).toEqual(['email_ambiguous']);
    await evictDurableObject(stub);
    await stub.accept('user_1', moment('re_1', { name: 'refund_issued' }));
    await runDurableObjectAlarm(stub);
    expect(mails()).toHaveLength(2);
    expect(await stub.health()).toMatchObject({ mails: { due: 0, sent: 1, parked: 1 } });
  });

  it.each([
    ['a 429', { status: 429, headers: { 'retry-after': '60' } }, 'rate_limited'],
    ['a refused connection', { status: 521 }, 'unreachable'],
    ['a refused key', { status: 401 }, 'customerio_refused'],
  ])('is asked again after %s, later, and says why it waits', async (_, fault, mailDelay) => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1'));
    mailsMeet(() => new Response(null, fault));
    await runDurableObjectAlarm(stub);
    expect(await stub.health()).toMatchObject({ mails: { due: 1 }, mailDelay });
    const { newest = [] } = await stub.look({ newest: 1 });
    expect(newest[0]?.messages.at(-1)?.mail).toMatchObject({ state: 'due', code: mailDelay });
    // Not before its time: the alarm is armed for it, and one that comes earlier sends nothing.
    await runDurableObjectAlarm(stub);
    expect(mails()).toHaveLength(1);
    await itsTimeHasCome(stub);
    await runDurableObjectAlarm(stub);
    expect(mails()).toHaveLength(2);
    expect(await stub.health()).toMatchObject({
      mails: { due: 0, sent: 1, retries: 1 },
      mailDelay: null,
    });
    expect(await parked(stub)).toEqual([]);
  });

  it('is parked when a mark is found of an attempt whose end nobody knows', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1'));
    mailsMeet(() => new Response(null, { status: 429 }));
    await runDurableObjectAlarm(stub);
    await runInDurableObject(stub, (_, state) => {
      state.storage.sql.exec(
        `INSERT INTO email_marks (id, seq, at)
          SELECT json_extract(message, '$.messageId'), seq, 0 FROM emails`,
      );
    });
    await itsTimeHasCome(stub);
    await runDurableObjectAlarm(stub);
    expect(await parked(stub)).toEqual(['email_ambiguous']);
    expect(mails()).toHaveLength(1);
  });

  it('is parked when it is refused as it stands, and when no email is known', async () => {
    const stub = await shardWith({ firstName: 'Ada' });
    await stub.accept('user_1', moment('pm_1'));
    await runDurableObjectAlarm(stub);
    expect(await parked(stub)).toEqual(['email_unknown']);
    await stub.accept('user_1', user(ADA));
    await stub.accept('user_1', moment('pm_2'));
    mailsMeet(() => Response.json({ meta: { error: 'no such message' } }, { status: 400 }));
    await runDurableObjectAlarm(stub);
    expect(await parked(stub)).toEqual(['email_unknown', 'email_rejected']);
  });

  it('is not sent for a moment older than 72 hours, though its track lands', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1', { occurredAt: Date.now() - 73 * HOUR }));
    await stub.accept('user_1', moment('pm_2', { occurredAt: Date.now() - 71 * HOUR }));
    await runDurableObjectAlarm(stub);
    expect(tracks()).toHaveLength(2);
    expect(mails()).toHaveLength(1);
    expect(await stub.health()).toMatchObject({ mails: { sent: 1, skipped: 1 } });
  });

  it('is one of a name and person in 24 hours, through an eviction, and one more after them', async () => {
    const stub = await shardWith(ADA);
    const startAt = Date.now();
    for (let count = 1; count <= 40; count += 1) await stub.accept('user_1', moment(`pm_${count}`));
    await runDurableObjectAlarm(stub);
    expect(mails()).toHaveLength(1);
    await evictDurableObject(stub);
    vi.mocked(Date.now).mockReturnValue(startAt + 24 * HOUR - 1);
    await stub.accept('user_1', moment('pm_early'));
    // Another name has a time of its own.
    await stub.accept('user_1', moment('re_1', { name: 'refund_issued' }));
    await runDurableObjectAlarm(stub);
    expect(mails().map(({ transactional_message_id: id }) => id)).toEqual([12, 'refund']);
    vi.mocked(Date.now).mockReturnValue(startAt + 24 * HOUR);
    await stub.accept('user_1', moment('pm_late'));
    await runDurableObjectAlarm(stub);
    expect(mails()).toHaveLength(3);
    expect(tracks()).toHaveLength(43);
    expect(await stub.health()).toMatchObject({ mails: { due: 0, sent: 3, skipped: 40 } });
  });

  it('to one person that has to be asked again stands before nobody else’s', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_2', user({ email: 'bob@example.test' }));
    for (const key of ['pm_1', 'pm_2']) await stub.accept('user_1', moment(key));
    await stub.accept('user_2', moment('pm_3'));
    mailsMeet(() => new Response(null, { status: 429 }));
    await runDurableObjectAlarm(stub);
    const [first] = mails();
    await itsTimeHasCome(stub);
    await runDurableObjectAlarm(stub);
    const asked = mails().map(({ to }) => String(to));
    const other = first?.['to'] === ADA.email ? 'bob@example.test' : ADA.email;
    expect(asked.slice(0, 2)).toEqual([first?.['to'], other]);
    expect(asked).toHaveLength(3);
    expect(asked[2]).toBe(asked[0]);
  });

  it('never goes to an email that is not verified, whether it is a trait or not', async () => {
    const stub = await shardWith({ ...ADA, emailVerified: false });
    await stub.accept('user_1', moment('pm_1'));
    await stub.accept('user_2', user({ emailVerified: false }));
    await stub.accept('user_2', moment('pm_2'));
    await runDurableObjectAlarm(stub);
    expect(mails()).toEqual([]);
    expect(await parked(stub)).toEqual([]);
    expect(await stub.health()).toMatchObject({ mails: { due: 0, skipped: 2 } });
    await stub.accept('user_1', user({ ...ADA, emailVerified: true }));
    await stub.accept('user_1', moment('pm_3'));
    await runDurableObjectAlarm(stub);
    expect(mails()).toMatchObject([{ to: ADA.email }]);
  });

  it('is not sent to a person who is deleted before its time', async () => {
    const stub = await shardWith(ADA);
    await stub.accept('user_1', moment('pm_1'));
    mailsMeet(() => new Response(null, { status: 429 }));
    await runDurableObjectAlarm(stub);
    const news: News = { kind: 'deleted', occurredAt: Date.now() };
    const deletion = {
      provider: 'clerk',
      id: 'x',
      type: 'user.deleted',
      customerId: null,
      news: [news],
    };
    await stub.accept('user_1', deletion);
    await itsTimeHasCome(stub);
    await runDurableObjectAlarm(stub);
    expect(mails()).toHaveLength(1);
    const left = await runInDurableObject(stub, (_, state) =>
      ['emails', 'email_marks'].flatMap((table) =>
        state.storage.sql.exec(`SELECT * FROM ${table}`).toArray(),
      ),
    );
    expect(left).toEqual([]);
  });
});

function failing(message: string): never {
  throw new Error(message);
}

/** As if the backoff were over: the shard starts again without it. */
async function itsTimeHasCome(stub: Stub): Promise<void> {
  await runInDurableObject(stub, (_, state) => {
    state.storage.sql.exec(
      `UPDATE state SET value = json_set(value, '$.notBefore', 0) WHERE name = 'mailing'`,
    );
  });
  await evictDurableObject(stub);
}
