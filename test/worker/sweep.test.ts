// The cron's visit in workerd: alerts told once, also after a restart; old tables dropped; a lost alarm armed again.

import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';

import { sweep } from '../../src/watch/sweep.ts';
import { checkout, newCustomer } from '../support/person-events.ts';
import { collectSent } from './sent.ts';
import type { Request } from './sent.ts';
import { stillClock } from './still-clock.ts';

const DAY_MS = 86_400_000;
const ALERTS = 'https://alerts.test/secret-path';

const sent = collectSent();
stillClock();
const isAlert = ({ url }: Request) => url.href === ALERTS;
let alertStatus = 200;
let pipelinesStatus = 200;

beforeEach(async () => {
  await env.OUTBOX.getByName('layout').layout({ shards: 1, jurisdiction: null });
  alertStatus = 200;
  pipelinesStatus = 200;
  sent.answer = (request) =>
    Response.json({}, { status: isAlert(request) ? alertStatus : pipelinesStatus });
});

/** What the alert address was told, taken or not. */
function alerts(): unknown[] {
  return sent.requests.filter(isAlert).map(({ body }) => body['text']);
}

const shard = () => env.OUTBOX.getByName('s0');

function visit(now = Date.now()): Promise<void> {
  return sweep({ ...env, ALERT_WEBHOOK_URL: ALERTS } as Cloudflare.Env, now);
}

function accept() {
  return shard().accept('user_sweep', checkout(newCustomer(), 'a'));
}

/** The shard starts again with one field of what is stored about its delivery changed. */
async function rewriteDelivery(field: string, value: number): Promise<void> {
  await runInDurableObject(shard(), (_, state) => {
    state.storage.sql.exec(
      `UPDATE state SET value = json_set(value, ?, ?) WHERE name = 'delivery'`,
      field,
      value,
    );
  });
  await evictDurableObject(shard());
}

describe('sweep', () => {
  it('tells an incident once, also after a restart, and once that it is over', async () => {
    pipelinesStatus = 401;
    await accept();
    await runDurableObjectAlarm(shard());
    await visit();
    const told =
      'Lifecycle Relay: delivery is paused: credentials_invalid. npx wrangler secret put CUSTOMERIO_TRACK_TOKEN; delivery goes on by itself within 5 minutes.';
    expect(alerts()).toEqual([told]);
    await visit();
    await evictDurableObject(env.OUTBOX.getByName('layout'));
    await evictDurableObject(shard());
    await visit();
    expect(alerts()).toEqual([told]);
    pipelinesStatus = 200;
    // Its pause is over, as after five minutes.
    await rewriteDelivery('$.notBefore', 0);
    await runDurableObjectAlarm(shard());
    await visit();
    await visit();
    expect(alerts()).toEqual([told, 'Lifecycle Relay: over: paused_credentials_invalid']);
  });

  it('tells again what the alert address did not take', async () => {
    alertStatus = 500;
    await accept();
    await runDurableObjectAlarm(shard());
    await visit(Date.now() + 2 * DAY_MS);
    alertStatus = 200;
    await visit(Date.now() + 2 * DAY_MS);
    await visit(Date.now() + 2 * DAY_MS);
    const silent =
      "Lifecycle Relay: no webhook from stripe for a day. Is its endpoint switched off, or its secret wrong? Look at its page, under the endpoint's attempts.";
    expect(alerts()).toEqual([silent, silent]);
    await accept();
    await runDurableObjectAlarm(shard());
    await visit();
    expect(alerts().at(-1)).toBe('Lifecycle Relay: over: silent_stripe');
  });

  it('remembers when a provider was heard last, although nothing new came of it', async () => {
    const event = checkout(newCustomer(), 'a');
    await shard().accept('user_sweep', event);
    await runDurableObjectAlarm(shard());
    // As if that had been long ago.
    await rewriteDelivery('$.lastEventAt.stripe', 1);
    expect((await shard().accept('user_sweep', event)).outcome).toBe('duplicate');
    await visit();
    await evictDurableObject(shard());
    expect((await shard().health()).lastEventAt['stripe']).toBeGreaterThan(1);
  });

  it('arms an alarm that the platform has lost', async () => {
    await accept();
    await runInDurableObject(shard(), (_, state) => state.storage.deleteAlarm());
    await visit();
    const at = await runInDurableObject(shard(), (_, state) => state.storage.getAlarm());
    expect(at).not.toBeNull();
    await runDurableObjectAlarm(shard());
  });

  it('drops days that are delivered and over, and keeps what is not delivered', async () => {
    const old = Math.floor(Date.now() / DAY_MS) - 20;
    const days = () =>
      runInDurableObject(shard(), (_, state) =>
        state.storage.sql
          .exec(`SELECT name FROM sqlite_master WHERE name GLOB 'journal_*' ORDER BY name`)
          .toArray()
          .map((row) => String(row['name'])),
      );
    await accept();
    await runDurableObjectAlarm(shard());
    await runInDurableObject(shard(), (_, state) => {
      const { sql } = state.storage;
      sql.exec(
        `CREATE TABLE journal_${old} (seq INTEGER PRIMARY KEY, at, person, removal, messages)`,
      );
    });
    await evictDurableObject(shard());
    expect(await days()).toContain(`journal_${old}`);
    await visit();
    expect(await days()).not.toContain(`journal_${old}`);
  });

  it('drops months whose moments count no more, and marks of mails that are too old to be sent', async () => {
    const stored = () =>
      runInDurableObject(shard(), (_, state) => {
        const text = (query: string) =>
          state.storage.sql
            .exec(query)
            .toArray()
            .map((row) => String(row['name']));
        return [
          ...text(`SELECT name FROM sqlite_master WHERE name GLOB 'seen_*' ORDER BY name`),
          ...text(`SELECT id AS name FROM email_marks ORDER BY id`),
        ];
      });
    await accept();
    await runDurableObjectAlarm(shard());
    const before = await stored();
    await runInDurableObject(shard(), (_, state) => {
      const { sql } = state.storage;
      sql.exec('CREATE TABLE seen_1 (key TEXT PRIMARY KEY) WITHOUT ROWID');
      // As if the walk through the marks had begun more than a day ago.
      sql.exec(`DELETE FROM state WHERE name = 'walk_email_marks'`);
      const marks = 'INSERT INTO email_marks (id, seq, at) VALUES (?, 1, ?)';
      sql.exec(marks, 'mark_old', Date.now() - 8 * DAY_MS);
      sql.exec(marks, 'mark_young', Date.now() - 6 * DAY_MS);
    });
    await evictDurableObject(shard());
    expect(await stored()).toEqual(expect.arrayContaining(['seen_1', 'mark_old', 'mark_young']));
    await visit();
    expect(await stored()).toEqual([...before, 'mark_young']);
  });

  it('drops a webhook that could not be read once PARKED_DAYS are over, and parked messages never', async () => {
    const outbox = env.OUTBOX.getByName(crypto.randomUUID());
    const unreadable = { provider: 'clerk', id: 'msg_old', type: 'x', body: '{}', problems: [] };
    await outbox.parkEvent(unreadable);
    const age = (days: number) =>
      runInDurableObject(outbox, (_, { storage }) => {
        storage.sql.exec('UPDATE parked SET at = ?', Date.now() - days * DAY_MS);
      });
    await runInDurableObject(outbox, (_, { storage }) => {
      storage.sql.exec(
        `INSERT INTO parked (at, person, removal, reason, detail, content)
          VALUES (0, 'somebody', 0, 'request_invalid', '', '{}')`,
      );
    });
    await age(29);
    await outbox.sweep();
    expect((await outbox.health()).parked).toBe(2);
    await age(31);
    await outbox.sweep();
    expect((await outbox.health()).parked).toBe(1);
  });
});
