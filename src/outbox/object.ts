// The life of a Durable Object that holds a shard: it starts with its configuration, and opens its tables when it is asked
// for something. What it may be asked is what its calls are, under the same names.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { LAYOUT_SHARD, shardConfig } from '../config/layout.ts';
import { platformOf } from '../platform/cloudflare.ts';
import type { Platform } from '../platform/platform.ts';

/** What every shard does by itself. */
type Life = { readonly start: () => Promise<void>; readonly alarm: () => Promise<void> };

/** What a shard is opened with. `config` throws what is wrong with it. */
type Opening = {
  readonly env: Cloudflare.Env;
  readonly platform: Platform;
  readonly configured: ReturnType<typeof readConfig>;
  readonly config: () => Config;
};

/** A call as it is asked of the object. */
export type Rpc<Call extends (...asked: never[]) => unknown> = (
  ...asked: Parameters<Call>
) => Promise<Awaited<ReturnType<Call>>>;

/** The class of the objects whose shards `open` opens, and what such an object may be asked. */
export function shardObjects<Calls extends Life>(open: (opening: Opening) => Calls) {
  /** Not a member: every member of such a class may be called from the Worker. */
  const calls = new WeakMap<object, () => Calls>();

  function callsOf(object: object): Calls {
    const opened = calls.get(object);
    if (opened === undefined) throw new Error('not a shard');
    return opened();
  }

  class ShardObject extends DurableObject {
    #configured = readConfig({ ...this.env });
    #opened: Calls | null = null;

    constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
      super(ctx, env);
      calls.set(this, () => this.#calls);
      // Anybody may ask which layout is in force, and nothing is written for that: who keeps it opens its tables when it
      // has something to keep. It has no work of its own.
      if (ctx.id.name !== LAYOUT_SHARD) void ctx.blockConcurrencyWhile(() => this.#start());
    }

    override async alarm(): Promise<void> {
      await this.#calls.alarm();
    }

    async #start(): Promise<void> {
      this.#configured = await shardConfig(this.env, this.ctx.storage);
      await this.#calls.start();
    }

    get #calls(): Calls {
      this.#opened ??= open({
        env: this.env,
        platform: platformOf(this.ctx),
        configured: this.#configured,
        config: () => {
          if (this.#configured.ok) return this.#configured.config;
          throw new ConfigError(this.#configured.problems);
        },
      });
      return this.#opened;
    }
  }

  /** Each of these calls becomes a method, which RPC finds on the class alone. */
  function forward<Of extends ShardObject>(
    { prototype }: { readonly prototype: Of },
    names: readonly Extract<keyof Of, keyof Calls>[],
  ): void {
    for (const name of names) {
      Object.defineProperty(prototype, name, {
        async value(this: object, ...asked: readonly unknown[]): Promise<unknown> {
          const opened: object = callsOf(this);
          return Reflect.apply(Reflect.get(opened, name), opened, asked);
        },
      });
    }
  }

  return { ShardObject, callsOf, forward };
}
