// The life of the Durable Object that holds an outbox shard: it starts with its configuration, and opens its tables when
// it is asked for something. What it may be asked stands in outbox.ts.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { LAYOUT_SHARD, shardConfig } from '../config/layout.ts';
import { platformOf } from '../platform/cloudflare.ts';
import { hasNoTables } from '../platform/migrations.ts';
import type { Layout } from '../platform/shards.ts';
import { openOutbox } from './calls.ts';
import type { OutboxCalls } from './calls.ts';
import { elsewhereOf } from './elsewhere.ts';

/** Not a member: every member of such a class may be called from the Worker. */
const OPENED = new WeakMap<OutboxObject, () => OutboxCalls>();

export function callsOf(object: OutboxObject): OutboxCalls {
  const calls = OPENED.get(object);
  if (calls === undefined) throw new Error('not an outbox');
  return calls();
}

export class OutboxObject extends DurableObject {
  #configured = readConfig({ ...this.env });
  #opened: OutboxCalls | null = null;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    OPENED.set(this, () => this.#calls);
    // Anybody may ask which layout is in force, and nothing is written for that: who keeps it opens its tables when it
    // has something to keep. It has no work of its own.
    if (ctx.id.name !== LAYOUT_SHARD) void ctx.blockConcurrencyWhile(() => this.#start());
  }

  /**
   * The layout in force: `wanted` where none is yet. Null only asks, and is answered null then. Asked of the shard named
   * `layout`; the first release asked with a wish alone.
   */
  async layout(wanted: Layout | null): Promise<Layout | null> {
    const isNew = this.#opened === null && hasNoTables(this.ctx.storage.sql);
    return wanted === null && isNew ? null : this.#calls.layout(wanted);
  }

  /** False: this secret was used before. Else it is from now on until then; null only asks. Of the shard named `layout`. */
  async spend(secret: string, until: number | null): Promise<boolean> {
    const isNew = this.#opened === null && hasNoTables(this.ctx.storage.sql);
    return (until === null && isNew) || this.#calls.spend(secret, until);
  }

  override async alarm(): Promise<void> {
    return this.#calls.alarm();
  }

  async #start(): Promise<void> {
    this.#configured = await shardConfig(this.env, this.ctx.storage);
    await this.#calls.start();
  }

  get #calls(): OutboxCalls {
    this.#opened ??= openOutbox({
      platform: platformOf(this.ctx),
      configured: this.#configured,
      ...elsewhereOf(this.env, () => this.#config()),
    });
    return this.#opened;
  }

  #config(): Config {
    if (this.#configured.ok) return this.#configured.config;
    throw new ConfigError(this.#configured.problems);
  }
}
