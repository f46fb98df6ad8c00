// The Outbox object: the platform's shell around a shard. Public methods are RPC: they stay backward compatible,
// because after a deploy an old object may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { readConfig } from '../config.ts';
import type { PersonEvent } from '../person/news.ts';
import { platformOf } from '../platform.ts';
import type { Acceptance } from './accept.ts';
import {
  acceptEvent,
  healthOf,
  noteIgnored,
  openShard,
  parkEvent,
  ringShard,
  startShard,
  sweepShard,
} from './shard.ts';
import type { ShardHealth, UnreadableEvent } from './shard.ts';
import type { Layout } from './shards.ts';

export class Outbox extends DurableObject {
  readonly #shard = openShard(platformOf(this.ctx), readConfig({ ...this.env }));

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

  /** Keeps a verified event that no schema of ours could read, once. */
  async parkEvent(event: UnreadableEvent): Promise<'parked' | 'duplicate'> {
    return parkEvent(this.#shard, event);
  }

  async health(): Promise<ShardHealth> {
    return healthOf(this.#shard);
  }

  /** The cron's visit: a lost alarm is armed again, days and months that are over are dropped. */
  sweep(): Promise<ShardHealth> {
    return sweepShard(this.#shard);
  }

  /** The layout in force: `wanted` if this is the first time anybody asks. Asked of the object named `layout`. */
  async layout(wanted: Layout): Promise<Layout> {
    return this.#shard.tables.store().layout(wanted);
  }

  override async alarm(): Promise<void> {
    return ringShard(this.#shard);
  }
}
