// Sync: the Durable Object that pulls what webhooks did not bring. There is one, named `sync`. Public methods are RPC: they
// stay backward compatible, because after a deploy an old one may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import { shardConfig } from '../config/layout.ts';
import { PROVIDERS } from '../intake/providers.ts';
import { platformOf } from '../platform/cloudflare.ts';
import type { Beginning } from './begin.ts';
import { openSync } from './calls.ts';
import type { SyncCalls } from './calls.ts';
import { syncShardsOf } from './cloudflare-shards.ts';
import type { Job, JobRequest } from './job.ts';
import { KINDS } from './kinds.ts';
import type { Pushed, SentBy } from './push.ts';
import type { SyncSight } from './visit.ts';

export class Sync extends DurableObject {
  #configured = readConfig({ ...this.env });
  #opened: SyncCalls | null = null;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(() => this.#start());
  }

  /** Begins a job unless one is at work. */
  async begin(request: JobRequest): Promise<Beginning> {
    return this.#calls.begin(request);
  }

  /** The one at work, then the newest first. */
  async jobs(most: number): Promise<Job[]> {
    return this.#calls.jobs(most);
  }

  /** A page of the job of this id, and where it is then. Null: no such job takes any. */
  async push(sent: { readonly id: string; readonly page?: SentBy }): Promise<Pushed | null> {
    return this.#calls.push(sent);
  }

  /** Ends the job after the page in hand; answers its id, null where none is at work. */
  async stop(): Promise<string | null> {
    return this.#calls.stop();
  }

  /** The cron's visit; `lastEventAt` of each provider's webhooks, Unix milliseconds. Answers what is to be told. */
  async visit(lastEventAt: Readonly<Record<string, number>>): Promise<SyncSight> {
    return this.#calls.visit(lastEventAt);
  }

  override async alarm(): Promise<void> {
    await this.#calls.alarm();
  }

  async #start(): Promise<void> {
    this.#configured = await shardConfig(this.env, this.ctx.storage);
    await this.#calls.start();
  }

  get #calls(): SyncCalls {
    this.#opened ??= openSync({
      platform: platformOf(this.ctx),
      configured: this.#configured,
      providers: PROVIDERS,
      shards: syncShardsOf(this.env, () => {
        if (this.#configured.ok) return this.#configured.config;
        throw new ConfigError(this.#configured.problems);
      }),
      kinds: KINDS,
    });
    return this.#opened;
  }
}
