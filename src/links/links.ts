// The Links object: the shell around one links shard. Public methods are RPC and stay backward compatible, because
// after a deploy an old object may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import type { LinkClaim, PersonEvent } from '../person/news.ts';
import { platformOf } from '../platform/cloudflare.ts';
import { outboxOf } from '../platform/namespaces.ts';
import { callShard } from '../platform/shards.ts';
import { lookUpWith } from './ask.ts';
import { linksOf } from './directory.ts';
import type { ChargePlacement, Placement, PlaceRequest } from './place.ts';
import { openLinksShard } from './shard.ts';
import type { LinksHealth, WaitingView } from './shard.ts';
import type { Link } from './tables/links.ts';

export class Links extends DurableObject {
  readonly #checked = readConfig({ ...this.env });
  readonly #shard = this.#open();

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(() => this.#shard.start());
  }

  /** Answers whose event it is, or keeps it; either way what it says about links is learnt. */
  async place(request: Omit<PlaceRequest, 'now'>): Promise<Placement> {
    return this.#shard.place(request);
  }

  /** An event that names only its charge: its customer, or it waits here until a look-up has told. */
  async placeCharge(chargeId: string, event: PersonEvent): Promise<ChargePlacement> {
    return this.#shard.placeCharge(chargeId, event);
  }

  /** Learns links from an event that belongs to a person already. All claims are about this shard's customers. */
  async learn(claims: readonly LinkClaim[]): Promise<void> {
    this.#shard.learn(claims);
  }

  /** A person is deleted: no link names them from now on, and nothing waits for them. May be repeated. */
  async erase(userId: string, at: number): Promise<void> {
    this.#shard.erase(userId, at);
  }

  async link(customerId: string): Promise<Link | null> {
    return this.#shard.link(customerId);
  }

  async linkByHand(customerId: string, userId: string): Promise<Link | null> {
    return this.#shard.linkByHand(customerId, userId);
  }

  /** False where there was no link. */
  async forgetLink(customerId: string): Promise<boolean> {
    return this.#shard.forgetLink(customerId);
  }

  async waiting(limit: number): Promise<WaitingView[]> {
    return this.#shard.waiting(limit);
  }

  async health(): Promise<LinksHealth> {
    return this.#shard.health();
  }

  async sweep(): Promise<void> {
    await this.#shard.sweep();
  }

  override async alarm(): Promise<void> {
    await this.#shard.alarm();
  }

  #open() {
    const platform = platformOf(this.ctx);
    return openLinksShard({
      platform,
      outbox: (userId, call) => callShard(() => outboxOf(this.env, this.#config(), userId), call),
      links: (customerId, call) =>
        callShard(() => linksOf(this.env, this.#config(), customerId), call),
      lookUp: this.#checked.ok ? lookUpWith(this.#checked.config, platform) : null,
      waitingDays: this.#checked.ok ? this.#checked.config.waitingDays : Infinity,
      log: (decision) => platform.log({ stage: 'links', shard: platform.name, ...decision }),
    });
  }

  #config(): Config {
    if (this.#checked.ok) return this.#checked.config;
    throw new ConfigError(this.#checked.problems);
  }
}
