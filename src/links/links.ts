// The Links object: the shell around place, learn and release. Public methods are RPC and stay backward compatible.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config.ts';
import type { Config } from '../config.ts';
import { faultOf, log } from '../log.ts';
import { outboxOf } from '../outbox/outboxes.ts';
import { retryDelayMs } from '../outbox/retry.ts';
import { callShard } from '../outbox/shards.ts';
import { countingRun } from '../outbox/sql.ts';
import type { LinkClaim } from '../person/news.ts';
import { learn, place } from './place.ts';
import type { Placement, PlaceRequest } from './place.ts';
import { openLinks } from './store.ts';

/** Events released between two looks at the table. */
const RELEASED_AT_ONCE_MAX = 50;

/** An alarm this far in the past was lost by the platform: it will not fire by itself. */
const LOST_ALARM_MS = 60_000;

const DAY_MS = 86_400_000;

export type LinksHealth = {
  /** Events, and the customers they are of. */
  readonly waiting: number;
  readonly waitingCustomers: number;
  readonly links: number;
  readonly rowsWritten: number;
};

export class Links extends DurableObject {
  readonly #checked = readConfig({ ...this.env });
  readonly #run = countingRun(this.ctx.storage.sql, (rows) => {
    this.#rowsWritten += rows;
  });
  #rowsWritten = 0;
  readonly #store = openLinks(this.#run);
  #alarmAt: number | null = null;
  #isReleasing = false;
  #attempt = 0;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAt = await ctx.storage.getAlarm();
      this.#armIfReleasable();
    });
  }

  /** Answers whose event it is, or keeps it; either way what it says about links is learnt. */
  async place(request: Omit<PlaceRequest, 'now'>): Promise<Placement> {
    const placement = this.ctx.storage.transactionSync(() =>
      place(this.#store, { ...request, now: Date.now() }),
    );
    this.#armFor(request.customerId);
    return placement;
  }

  /** Learns links from an event that belongs to a person already. All claims are about this shard's customers. */
  async learn(claims: readonly LinkClaim[]): Promise<void> {
    for (const claim of claims) {
      const learning = this.ctx.storage.transactionSync(() => learn(this.#store, claim));
      const { source } = claim;
      if (learning !== 'unchanged') log({ stage: 'links', decision: learning, source });
      this.#armFor(claim.customerId);
    }
  }

  async health(): Promise<LinksHealth> {
    return {
      waiting: this.#store.waitingCount(),
      waitingCustomers: this.#store.waitingCustomers(),
      links: this.#store.linkCount(),
      rowsWritten: this.#rowsWritten,
    };
  }

  /** The cron's visit: a lost alarm is armed again, and what has waited too long is dropped, with a line that says so. */
  async sweep(): Promise<void> {
    this.#alarmAt = await this.ctx.storage.getAlarm();
    this.#armIfReleasable();
    const { waitingDays } = this.#config();
    const expired = this.#store.expire(Date.now() - waitingDays * DAY_MS);
    if (expired > 0) log({ stage: 'links', decision: 'expired', events: expired });
  }

  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    this.#isReleasing = true;
    try {
      await this.#release();
      this.#attempt = 0;
    } catch (error) {
      this.#attempt += 1;
      log({ stage: 'links', decision: 'fault', attempt: this.#attempt, fault: faultOf(error) });
    } finally {
      this.#isReleasing = false;
      this.#armIfReleasable();
    }
  }

  /**
   * An event leaves the waiting room only after its outbox has it: a crash between the two accepts it again, of
   * which nothing new comes.
   */
  async #release(): Promise<void> {
    const config = this.#config();
    for (;;) {
      const events = this.#store.releasable(RELEASED_AT_ONCE_MAX);
      if (events.length === 0) return;
      for (const { customerId, seq, userId, link, event } of events) {
        const person = userId ?? link;
        const { outcome } = await callShard(
          () => outboxOf(this.env, config, person),
          (outbox) => outbox.accept(person, event),
        );
        this.#store.remove(customerId, seq);
        log({ stage: 'links', decision: 'released', event: event.id, type: event.type, outcome });
      }
    }
  }

  /** What waits of one customer can go as soon as the customer's link is known. */
  #armFor(customerId: string): void {
    const isKnown = this.#store.link(customerId) !== null;
    if (isKnown && this.#store.isAnyWaiting(customerId)) this.#arm();
  }

  #armIfReleasable(): void {
    if (this.#store.releasable(1).length > 0) this.#arm();
  }

  #arm(): void {
    const now = Date.now();
    const isArmed = this.#alarmAt !== null && this.#alarmAt > now - LOST_ALARM_MS;
    if (isArmed || this.#isReleasing) return;
    this.#alarmAt =
      now + (this.#attempt === 0 ? 0 : retryDelayMs(this.#attempt, Math.random(), null));
    void this.ctx.storage.setAlarm(this.#alarmAt);
  }

  #config(): Config {
    if (this.#checked.ok) return this.#checked.config;
    throw new ConfigError(this.#checked.problems);
  }
}
