// The Outbox object: the platform's shell around a shard. Public methods are RPC: they stay backward compatible,
// because after a deploy an old object may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import type { CustomerFacts, LinkVersion } from '../person/customers.ts';
import type { PersonEvent } from '../person/news.ts';
import { platformOf } from '../platform/cloudflare.ts';
import { namespaceIn } from '../platform/namespaces.ts';
import { shardName } from '../platform/shards.ts';
import type { Layout } from '../platform/shards.ts';
import type { ReplayOutcome } from './parked/replay.ts';
import { discardParked, findParked, listParked, replayParked } from './parked/shelf.ts';
import type { ParkedLine, ParkedThing } from './parked/shelf.ts';
import type { Acceptance } from './people/accept.ts';
import { closeCustomer, gainCustomer, loseCustomer } from './people/customers.ts';
import { personView } from './people/view.ts';
import type { PersonView } from './people/view.ts';
import {
  acceptEvent,
  healthOf,
  noteIgnored,
  noteUnusable,
  openShard,
  optionsOf,
  parkEvent,
  ringShard,
  startShard,
  sweepShard,
} from './shard.ts';
import type { ShardHealth, UnreadableEvent } from './shard.ts';

export class Outbox extends DurableObject {
  readonly #configured = readConfig({ ...this.env });
  readonly #shard = openShard(platformOf(this.ctx), this.#configured, (userId, at) =>
    this.#eraseLinks(userId, at),
  );

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(() => startShard(this.#shard));
  }

  /** Takes an event durably; when this returns, its messages will land. */
  accept(
    userId: string,
    event: PersonEvent,
    ignored: Readonly<Record<string, number>> = {},
  ): Promise<Acceptance> {
    noteIgnored(this.#shard, ignored);
    return acceptEvent(this.#shard, userId, event);
  }

  /** A customer's link has moved away: takes no more of its events, and says what there is to hand over. */
  async closeCustomer(userId: string, hold: LinkVersion): Promise<CustomerFacts> {
    return closeCustomer(this.#shard, userId, hold);
  }

  /** A customer's link has moved here. */
  async gainCustomer(
    userId: string,
    hold: LinkVersion,
    belongings: CustomerFacts,
  ): Promise<Acceptance> {
    return gainCustomer(this.#shard, userId, { hold, belongings });
  }

  /** What was handed over is given up, and an identify says so. */
  async loseCustomer(userId: string, hold: LinkVersion): Promise<Acceptance> {
    return loseCustomer(this.#shard, userId, hold);
  }

  /** For the operator: one person as we see them. */
  async view(userId: string): Promise<PersonView> {
    return personView(this.#shard.tables, userId, optionsOf(this.#shard).freePlan);
  }

  /** Counts an event that tells nothing because of how its endpoint is set up; `remedy` says what to change. */
  async noteUnusable(provider: string, remedy: string): Promise<void> {
    noteUnusable(this.#shard, provider, remedy);
  }

  /** Keeps a verified event that no schema of ours could read, once. */
  async parkEvent(event: UnreadableEvent): Promise<'parked' | 'duplicate'> {
    return parkEvent(this.#shard, event);
  }

  async health(): Promise<ShardHealth> {
    return healthOf(this.#shard);
  }

  /** The cron's visit: a lost alarm is armed again, days and months that are over are dropped. */
  sweep(): Promise<void> {
    return sweepShard(this.#shard);
  }

  /** The layout in force: `wanted` if this is the first time anybody asks. Asked of the object named `layout`. */
  async layout(wanted: Layout): Promise<Layout> {
    return this.#shard.tables.store().layout(wanted);
  }

  /** The incidents that were told and are not over. Asked of the object named `layout`. */
  async incidents(): Promise<string[]> {
    return this.#shard.tables.store().incidents();
  }

  async keepIncidents(open: readonly string[]): Promise<void> {
    this.#shard.tables.store().saveIncidents(open);
  }

  /** The parked things behind the number `after`, at most `most`. */
  async listParked(after: number, most: number): Promise<ParkedLine[]> {
    return listParked(this.#shard, after, most);
  }

  async findParked(seq: number): Promise<ParkedThing | null> {
    return findParked(this.#shard, seq);
  }

  async replayParked(seq: number): Promise<ReplayOutcome> {
    return replayParked(this.#shard, seq);
  }

  async discardParked(seq: number): Promise<boolean> {
    return discardParked(this.#shard, seq);
  }

  override async alarm(): Promise<void> {
    return ringShard(this.#shard);
  }

  /** Every links shard: which customers were the person's is written nowhere else. */
  async #eraseLinks(userId: string, at: number): Promise<void> {
    if (!this.#configured.ok) throw new ConfigError(this.#configured.problems);
    const { config } = this.#configured;
    const links = namespaceIn(this.env.LINKS, config);
    const names = Array.from({ length: config.shards }, (_, index) => shardName(index));
    await Promise.all(names.map(async (name) => links.getByName(name).erase(userId, at)));
  }
}
