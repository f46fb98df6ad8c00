// Links: the Durable Object that holds a links shard. Public methods are RPC and stay backward compatible, because after
// a deploy an old one may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { shardConfig } from '../config/layout.ts';
import type { Leaving, LinkClaim, PersonEvent } from '../person/news.ts';
import { platformOf } from '../platform/cloudflare.ts';
import type { HeldPage } from '../platform/held.ts';
import { findUserWith, lookUpWith } from './ask.ts';
import { openLinks } from './calls.ts';
import type { LinksCalls } from './calls.ts';
import { shardsOf } from './cloudflare-shards.ts';
import type { LinksHealth, WaitingView } from './figures.ts';
import type { HeldRequest } from './held.ts';
import type { ChargePlacement, Placement, PlaceRequest } from './place.ts';
import type { ExternalId } from './tables/externals.ts';
import type { Link } from './tables/links.ts';

export class Links extends DurableObject {
  #configured = readConfig({ ...this.env });
  #opened: LinksCalls | null = null;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(() => this.#start());
  }

  /** Answers whose event it is, or keeps it; either way what it says about links is learnt. */
  async place(request: Omit<PlaceRequest, 'now'>): Promise<Placement> {
    return this.#calls.place(request);
  }

  /** The same for a page that was pulled. What is known of no person is not kept: it comes with the next pull. */
  async placeMany(
    requests: readonly Omit<PlaceRequest, 'now'>[],
  ): Promise<{ placements: Placement[]; rows: number }> {
    return this.#calls.placeMany(requests);
  }

  /** An event has named a charge and its customer: what names the charge alone goes there from now on. */
  async learnCharge(chargeId: string, customerId: string): Promise<void> {
    this.#calls.learnCharge(chargeId, customerId);
  }

  /** The same of a page that was pulled. Answers the rows written. */
  async learnCharges(charges: readonly (readonly [string, string])[]): Promise<number> {
    return this.#calls.learnCharges(charges);
  }

  /** An event that names only its charge: its customer, or it waits here until a look-up has told. */
  async placeCharge(chargeId: string, event: PersonEvent): Promise<ChargePlacement> {
    return this.#calls.placeCharge(chargeId, event);
  }

  /** An organization pays for the customer, or for one subscription: no person has it from now on. */
  async leave(leaving: Leaving): Promise<void> {
    this.#calls.leave(leaving);
  }

  /**
   * Learns links from an event that belongs to a person already. All claims are about this shard's customers; names that users
   * had before are told every shard. Answers the rows written.
   */
  async learn(
    claims: readonly LinkClaim[],
    externals: readonly ExternalId[] = [],
  ): Promise<number> {
    return this.#calls.learn(claims, externals);
  }

  /** Clerk's user had this name before. Every links shard is told: metadata may name them of any customer. */
  async learnExternal(told: ExternalId): Promise<void> {
    this.#calls.learnExternal(told);
  }

  /** Whom metadata means by this, if anybody. */
  async meant(named: string): Promise<string | null> {
    return this.#calls.meant(named);
  }

  /** A person is deleted: no link names them from now on, and nothing waits for them. May be repeated. Answers their customers. */
  async erase(userId: string, at: number): Promise<string[]> {
    return this.#calls.erase(userId, at);
  }

  /** The same of many, in one transaction. Answers of each their customers. */
  async eraseMany(erased: readonly { userId: string; at: number }[]): Promise<string[][]> {
    return this.#calls.eraseMany(erased);
  }

  /** The customers that are a person's here, or were until they were deleted. */
  async customersOf(userId: string): Promise<string[]> {
    return this.#calls.customersOf(userId);
  }

  /** What is held here about a person, a page at once. */
  async held(request: HeldRequest): Promise<HeldPage> {
    return this.#calls.held(request);
  }

  async link(customerId: string): Promise<Link | null> {
    return this.#calls.link(customerId);
  }

  async linkByHand(customerId: string, userId: string): Promise<Link | null> {
    return this.#calls.linkByHand(customerId, userId);
  }

  /** False where there was no link. */
  async forgetLink(customerId: string): Promise<boolean> {
    return this.#calls.forgetLink(customerId);
  }

  /** Those who have waited longest, or this one alone. */
  async waiting(limit: number, customerId?: string): Promise<WaitingView[]> {
    return this.#calls.waiting(limit, customerId);
  }

  async health(): Promise<LinksHealth> {
    return this.#calls.health();
  }

  /** The cron's visit. Answers how it is. */
  async sweep(): Promise<LinksHealth> {
    await this.#calls.sweep();
    return this.#calls.health();
  }

  override async alarm(): Promise<void> {
    await this.#calls.alarm();
  }

  async #start(): Promise<void> {
    this.#configured = await shardConfig(this.env, this.ctx.storage);
    await this.#calls.start();
  }

  get #calls(): LinksCalls {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  #open() {
    const platform = platformOf(this.ctx);
    return openLinks({
      platform,
      shards: shardsOf(this.env, () => this.#config()),
      lookUp: this.#configured.ok ? lookUpWith(this.#configured.config, platform) : null,
      findUser: this.#configured.ok ? findUserWith(this.#configured.config, platform) : null,
      waitingDays: this.#configured.ok ? this.#configured.config.waitingDays : Infinity,
      areOrganizationsOn:
        this.#configured.ok && this.#configured.config.messages.organizations !== undefined,
      shardCount: this.#configured.ok ? this.#configured.config.shards : 1,
    });
  }

  #config(): Config {
    if (this.#configured.ok) return this.#configured.config;
    throw new ConfigError(this.#configured.problems);
  }
}
