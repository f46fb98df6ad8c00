// The Outbox object: the shell around accept and drain. It reads the clock, arms the alarm and holds the delivery
// record; every decision is in the pure files beside it. Public methods are RPC: they stay backward compatible,
// because after a deploy an old object may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { credentialsFingerprint } from '../customerio/pipelines-request.ts';
import { sendMessages } from '../customerio/send.ts';
import { faultOf, log } from '../log.ts';
import type { Belongings, Hold } from '../person/customers.ts';
import type { PersonEvent } from '../person/news.ts';
import { accept } from './accept.ts';
import type { Acceptance } from './accept.ts';
import { closeCustomer, gainCustomer, loseCustomer } from './customers.ts';
import { counted } from './delivery.ts';
import type { Counters, Delivery } from './delivery.ts';
import { drain } from './drain.ts';
import { erase } from './erase.ts';
import { namespaceIn } from './outboxes.ts';
import { personView } from './person-view.ts';
import type { PersonView } from './person-view.ts';
import { BACKOFF_MS_MAX, retryDelayMs } from './retry.ts';
import { dayOf } from './schema.ts';
import { shardName } from './shards.ts';
import type { Layout } from './shards.ts';
import { countingRun } from './sql.ts';
import { openStore } from './store.ts';

/** An alarm this far in the past was lost by the platform: it will not fire by itself. */
const LOST_ALARM_MS = 60_000;

/** After an erasure that met a fault. */
const ERASE_AGAIN_MS = 30_000;

/** What health and the operator see of one shard. Times in milliseconds. */
export type ShardHealth = {
  readonly pending: number;
  /** How long the oldest pending entry has waited. */
  readonly lagMs: number;
  readonly parked: number;
  readonly pause: string | null;
  readonly counters: Counters;
};

/** A verified webhook that is ours by type, but unlike our schema. `problems` name fields, never values. */
export type UnreadableEvent = {
  readonly provider: string;
  readonly id: string;
  readonly type: string;
  readonly body: string;
  readonly problems: readonly string[];
};

export class Outbox extends DurableObject {
  readonly #run = countingRun(this.ctx.storage.sql, (rows) => {
    this.#rowsWritten += rows;
  });
  readonly #checked = readConfig({ ...this.env });
  #rowsWritten = 0;
  #store = openStore(this.#run);
  #delivery = this.#store.delivery();
  /** Null: none armed. The platform's own answer is null while the handler runs, so we keep ours. */
  #alarmAt: number | null = null;
  #isDraining = false;
  #eraseNotBefore = 0;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      this.#resume();
    });
  }

  /** Takes an event durably; when this returns, its messages will land. */
  async accept(userId: string, event: PersonEvent): Promise<Acceptance> {
    const { messages } = this.#config();
    const acceptance = this.#transaction(() =>
      accept(this.#store, { userId, event, now: Date.now() }, messages),
    );
    const { outcome } = acceptance;
    const counter = { accepted: 'accepted', duplicate: 'duplicates', erased: 'erased' } as const;
    if (outcome !== 'moved') {
      this.#delivery = counted(this.#delivery, { [counter[outcome]]: 1 });
    }
    if (acceptance.messages > 0) this.#arm();
    return acceptance;
  }

  /** A customer's link has moved away: takes no more of its events, and says what there is to hand over. */
  async closeCustomer(userId: string, hold: Hold): Promise<Belongings> {
    return this.#transaction(() => closeCustomer(this.#store, { userId, hold, now: Date.now() }));
  }

  /** A customer's link has moved here. */
  async gainCustomer(userId: string, hold: Hold, belongings: Belongings): Promise<Acceptance> {
    const { messages } = this.#config();
    const request = { userId, hold, belongings, now: Date.now() };
    const acceptance = this.#transaction(() => gainCustomer(this.#store, request, messages));
    if (acceptance.messages > 0) this.#arm();
    return acceptance;
  }

  /** What was handed over is given up, and an identify says so. */
  async loseCustomer(userId: string, hold: Hold): Promise<Acceptance> {
    const { messages } = this.#config();
    const request = { userId, hold, now: Date.now() };
    const acceptance = this.#transaction(() => loseCustomer(this.#store, request, messages));
    if (acceptance.messages > 0) this.#arm();
    return acceptance;
  }

  /** For the operator: one person as we see them. */
  async view(userId: string): Promise<PersonView> {
    return personView(this.#store, userId, this.#config().messages.freePlan);
  }

  /** Keeps a verified event that no schema of ours could read, once. */
  async parkEvent(event: UnreadableEvent): Promise<'parked' | 'duplicate'> {
    const { provider, id, problems } = event;
    const now = Date.now();
    const key = `unreadable:${provider}:${id}`;
    return this.#transaction(() => {
      if (this.#store.seen.has(key, now)) return 'duplicate';
      this.#store.seen.remember(key, now);
      const detail = problems.join('; ');
      const reason = 'object_unexpected';
      this.#store.parked.add({ at: now, person: null, reason, detail, content: event });
      return 'parked';
    });
  }

  async health(): Promise<ShardHealth> {
    const { cursor, pause, counters } = this.#delivery;
    const oldest = this.#store.journal.entriesAfter(cursor.seq, 1)[0];
    return {
      pending: this.#store.journal.lastSeq() - cursor.seq,
      lagMs: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest.at),
      parked: this.#store.parked.count(),
      pause: pause?.reason ?? null,
      counters: { ...counters, rowsWritten: counters.rowsWritten + this.#rowsWritten },
    };
  }

  /** The cron's visit: a lost alarm is armed again, days and months that are over are dropped. */
  async sweep(): Promise<void> {
    const now = Date.now();
    this.#alarmAt = await this.ctx.storage.getAlarm();
    if (this.#hasWork()) this.#arm();
    const { journalDays } = this.#config().outbox;
    this.#transaction(() => {
      this.#store.journal.dropBefore(dayOf(now) - journalDays, this.#delivery.cursor.seq);
      this.#store.seen.dropOld(now);
    });
  }

  /** The layout in force: `wanted` if this is the first time anybody asks. Asked of the object named `layout`. */
  async layout(wanted: Layout): Promise<Layout> {
    return this.#store.layout(wanted);
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    this.#isDraining = true;
    try {
      await this.#erase();
      await this.#drain();
    } catch (error) {
      // The platform would retry six times and then forget; we re-arm ourselves, with our own backoff.
      const attempt = this.#delivery.attempt + 1;
      const notBefore = Date.now() + retryDelayMs(attempt, Math.random(), null);
      this.#delivery = { ...this.#delivery, attempt, notBefore };
      log({ stage: 'outbox', decision: 'fault', shard: this.#name(), fault: faultOf(error) });
    } finally {
      this.#isDraining = false;
      if (this.#hasWork()) this.#arm();
    }
  }

  /** Before delivery, and whatever becomes of it: an erasure waits for nobody. */
  async #erase(): Promise<void> {
    try {
      await erase({
        store: () => this.#store,
        transaction: (write) => this.#transaction(write),
        delivery: () => this.#delivery,
        save: (delivery) => this.#save(delivery),
        eraseLinks: (userId, at) => this.#eraseLinks(userId, at),
        log: (decision) => log({ stage: 'outbox', shard: this.#name(), ...decision }),
      });
    } catch (error) {
      this.#eraseNotBefore = Date.now() + ERASE_AGAIN_MS;
      log({
        stage: 'outbox',
        decision: 'erase_failed',
        shard: this.#name(),
        fault: faultOf(error),
      });
    }
  }

  /** Every links shard: which customers were the person's is written nowhere else. */
  async #eraseLinks(userId: string, at: number): Promise<void> {
    const config = this.#config();
    const names = Array.from({ length: config.shards }, (_, index) => shardName(index));
    const links = namespaceIn(this.env.LINKS, config);
    await Promise.all(names.map(async (name) => links.getByName(name).erase(userId, at)));
  }

  async #drain(): Promise<void> {
    const { customerio, outbox } = this.#config();
    if (customerio.token === null) {
      this.#delivery = { ...this.#delivery, notBefore: Date.now() + BACKOFF_MS_MAX };
      log({ stage: 'outbox', decision: 'paused', shard: this.#name(), reason: 'token_missing' });
      return;
    }
    const options = { ...customerio, token: customerio.token };
    await drain({
      store: this.#store,
      now: Date.now,
      random: Math.random,
      wait: (ms) => scheduler.wait(ms),
      send: (messages) =>
        sendMessages(messages, options, { fetch: (url, init) => fetch(url, init), now: Date.now }),
      log: (decision) => log({ stage: 'outbox', shard: this.#name(), ...decision }),
      intervalMs: 1000 / outbox.requestsPerSecond,
      fingerprint: credentialsFingerprint(options),
      delivery: () => this.#delivery,
      note: (delivery) => {
        this.#delivery = delivery;
      },
      save: (delivery) => this.#save(delivery),
    });
  }

  #save(delivery: Delivery): void {
    this.#delivery = counted(delivery, { rowsWritten: this.#rowsWritten });
    this.#rowsWritten = 0;
    this.#store.saveDelivery(this.#delivery);
  }

  /** At start: a pause for refused credentials ends with them, and work that was left goes on. */
  #resume(): void {
    const { pause } = this.#delivery;
    if (pause !== null && pause.fingerprint !== this.#fingerprint()) {
      this.#delivery = { ...this.#delivery, pause: null, notBefore: 0, attempt: 0 };
      this.#alarmAt = null;
    }
    if (this.#hasWork()) this.#arm();
  }

  /** Arms the alarm unless one is armed already, or the drain that is running will do so itself. */
  #arm(): void {
    const now = Date.now();
    const isArmed = this.#alarmAt !== null && this.#alarmAt > now - LOST_ALARM_MS;
    if (isArmed || this.#isDraining) return;
    const lingerMs = this.#checked.ok ? this.#checked.config.outbox.lingerMs : BACKOFF_MS_MAX;
    const due = [
      ...(this.#isErasing() ? [this.#eraseNotBefore] : []),
      ...(this.#hasMessages() ? [this.#delivery.notBefore] : []),
    ];
    this.#alarmAt = Math.max(now + lingerMs, Math.min(...due));
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  #hasWork(): boolean {
    return this.#isErasing() || this.#hasMessages();
  }

  #hasMessages(): boolean {
    return this.#store.journal.lastSeq() > this.#delivery.cursor.seq;
  }

  #isErasing(): boolean {
    return this.#store.erasures.first() !== null;
  }

  /** What is in memory may be ahead of what was rolled back, so it is read anew. */
  #transaction<Value>(write: () => Value): Value {
    try {
      return this.ctx.storage.transactionSync(write);
    } catch (error) {
      this.#store = openStore(this.#run);
      throw error;
    }
  }

  #config(): Config {
    if (this.#checked.ok) return this.#checked.config;
    throw new ConfigError(this.#checked.problems);
  }

  #fingerprint(): string | null {
    if (!this.#checked.ok) return null;
    const { token, ...options } = this.#checked.config.customerio;
    return token === null ? null : credentialsFingerprint({ ...options, token });
  }

  #name(): string {
    return this.ctx.id.name ?? 'unnamed';
  }
}
