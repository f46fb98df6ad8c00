// Outbox: the Durable Object that holds an outbox shard. Public methods are RPC: they stay backward compatible, because
// after a deploy an old one may run for minutes.

import { DurableObject } from 'cloudflare:workers';

import { ConfigError, readConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import { LAYOUT_SHARD, shardConfig } from '../config/layout.ts';
import type { CustomerFacts, LinkVersion } from '../person/customers.ts';
import type { HoldingVersion, SubscriptionFacts } from '../person/holdings.ts';
import type { PersonEvent } from '../person/news.ts';
import type { HintQuestion, Voucher } from '../person/typed.ts';
import { platformOf } from '../platform/cloudflare.ts';
import type { HeldPage } from '../platform/held.ts';
import { hasNoTables } from '../platform/migrations.ts';
import type { Layout } from '../platform/shards.ts';
import { openOutbox } from './calls.ts';
import type { OutboxCalls } from './calls.ts';
import type { ShardHealth } from './capabilities.ts';
import { elsewhereOf } from './elsewhere.ts';
import type { Look, Looked } from './looks/looks.ts';
import type { ReplayOutcome } from './parked/replay.ts';
import type { ParkedLine, ParkedThing, UnreadableEvent } from './parked/shelf.ts';
import type { Arrival, Taken, UserIds } from './people/many.ts';
import type { Acceptance } from './people/record.ts';
import type { RefreshedSlice, RefreshRequest } from './people/refresh.ts';
import type { Strangers, ToldPage } from './people/told.ts';
import type { TracksPage } from './people/tracks.ts';
import type { PersonView } from './people/view.ts';
import type { NewWebhook, RecentPage } from './recent.ts';

type Ignored = Readonly<Record<string, number>>;

export class Outbox extends DurableObject {
  #configured = readConfig({ ...this.env });
  #opened: OutboxCalls | null = null;

  constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
    super(ctx, env);
    // Anybody may ask which layout is in force, and nothing is written for that: who keeps it opens its tables when it
    // has something to keep. It has no work of its own.
    if (ctx.id.name !== LAYOUT_SHARD) void ctx.blockConcurrencyWhile(() => this.#start());
  }

  /** Takes an event durably; when this returns, its messages will land. */
  accept(userId: string, event: PersonEvent, ignored: Ignored = {}): Promise<Acceptance> {
    return this.#calls.accept(userId, event, ignored);
  }

  /** Takes a page of events that were pulled; each is durable when this returns, or may be sent again. */
  acceptMany(arrivals: readonly Arrival[]): Promise<Taken> {
    return this.#calls.acceptMany(arrivals);
  }

  /** A slice of the people: who was last told something else is identified, or only counted. */
  async refresh(request: RefreshRequest): Promise<RefreshedSlice> {
    return this.#calls.refresh(request);
  }

  async identifyAgain(userIds: readonly string[]) {
    return this.#calls.identifyAgain(userIds);
  }

  async told(after: string, most: number): Promise<ToldPage> {
    return this.#calls.told(after, most);
  }

  /** By the keys of their rows; who is deleted has none. */
  async userIdsOf(keys: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return this.#calls.userIdsOf(keys);
  }

  /** The tracks of the entries behind `after`, without anything personal. */
  async tracks(after: number, most: number): Promise<TracksPage> {
    return this.#calls.tracks(after, most);
  }

  /** Whom nobody here has heard of, and who is deleted. */
  async strangersAmong(userIds: readonly string[]): Promise<Strangers> {
    return this.#calls.strangersAmong(userIds);
  }

  /** Who is known as a user, a page behind `after`, which is empty to begin with. */
  async userIds(after: string, most: number): Promise<UserIds> {
    return this.#calls.userIds(after, most);
  }

  /** Which of them are known as users. Writes nothing. */
  async areKnown(userIds: readonly string[]): Promise<boolean[]> {
    return this.#calls.areKnown(userIds);
  }

  /** A customer's link has moved away: takes no more of its events, and says what there is to hand over. */
  async closeCustomer(userId: string, link: LinkVersion): Promise<CustomerFacts> {
    return this.#calls.closeCustomer(userId, link);
  }

  async gainCustomer(userId: string, link: LinkVersion, facts: CustomerFacts): Promise<Acceptance> {
    return this.#calls.gainCustomer(userId, link, facts);
  }

  async loseCustomer(userId: string, link: LinkVersion): Promise<Acceptance> {
    return this.#calls.loseCustomer(userId, link);
  }

  /** Takes a subscription from the person: from now on its events are another's. Answers what they have of it. */
  async closeSubscription(userId: string, left: HoldingVersion): Promise<SubscriptionFacts> {
    return this.#calls.closeSubscription(userId, left);
  }

  async gainSubscription(userId: string, gained: HoldingVersion, facts: SubscriptionFacts) {
    return this.#calls.gainSubscription(userId, gained, facts);
  }

  async loseSubscription(userId: string, left: HoldingVersion): Promise<Acceptance> {
    return this.#calls.loseSubscription(userId, left);
  }

  /** May what a buyer typed make a customer this person's? Writes nothing. */
  async vouch(userId: string, question: HintQuestion): Promise<Voucher> {
    return this.#calls.vouch(userId, question);
  }

  async look(asked: Look): Promise<Looked> {
    return this.#calls.look(asked);
  }

  /** False: this secret was used before. Else it is from now on until then; null only asks. Of the shard named `layout`. */
  async spend(secret: string, until: number | null): Promise<boolean> {
    const isNew = this.#opened === null && hasNoTables(this.ctx.storage.sql);
    return (until === null && isNew) || this.#calls.spend(secret, until);
  }

  async view(userId: string): Promise<PersonView> {
    return this.#calls.view(userId);
  }

  /** Ids and addresses that are theirs and nobody else's. */
  async knownBy(userId: string): Promise<readonly string[]> {
    return this.#calls.knownBy(userId);
  }

  /** What is held here about a person, a page behind `after`, which is empty to begin with. */
  async held(userId: string, after: string): Promise<HeldPage> {
    return this.#calls.held(userId, after);
  }

  /** The unreadable webhooks here that name one of these, a page behind `after`. */
  async heldNaming(ids: readonly string[], after: string): Promise<HeldPage> {
    return this.#calls.heldNaming(ids, after);
  }

  /** The operator deletes a person; `erased`: they were before. */
  async deletePerson(userId: string): Promise<'deleted' | 'erased'> {
    return this.#calls.deletePerson(userId);
  }

  /** Counts an event that tells nothing because of how its endpoint is set up; `remedy` says what to change. */
  async noteUnusable(provider: string, remedy: string): Promise<void> {
    this.#calls.noteUnusable(provider, remedy);
  }

  /** Keeps a verified event that no schema of ours could read, once. */
  async parkEvent(event: UnreadableEvent): Promise<'parked' | 'duplicate'> {
    return this.#calls.parkEvent(event);
  }

  async noteWebhook(webhook: Omit<NewWebhook, 'at' | 'journal'>): Promise<void> {
    this.#calls.noteWebhook(webhook);
  }

  /** The newest webhooks here that are new or have changed behind a cursor; it is empty to begin with. */
  async recent(after: string): Promise<RecentPage> {
    return this.#calls.recent(after);
  }

  async health(): Promise<ShardHealth> {
    return this.#calls.health();
  }

  /** For the operator: whose messages wait because the first of them fails while others' land. */
  async listHeld(most: number): Promise<{ readonly userId: string; readonly since: number }[]> {
    return this.#calls.listHeld(most);
  }

  /** The cron's visit: a lost alarm is armed again, hours and months that are over are dropped. Answers how it is. */
  async sweep(): Promise<ShardHealth> {
    await this.#calls.sweep();
    return this.#calls.health();
  }

  /**
   * The layout in force: `wanted` where none is yet. Null only asks, and is answered null then. Asked of the shard named
   * `layout`; the first release asked with a wish alone.
   */
  async layout(wanted: Layout | null): Promise<Layout | null> {
    const isNew = this.#opened === null && hasNoTables(this.ctx.storage.sql);
    return wanted === null && isNew ? null : this.#calls.layout(wanted);
  }

  /** The incidents that were told and are not over. Asked of the shard named `layout`. */
  async incidents(): Promise<readonly string[]> {
    return this.#calls.incidents();
  }

  async keepIncidents(open: readonly string[]): Promise<void> {
    this.#calls.keepIncidents(open);
  }

  /** The parked things behind the number `after`, at most `most`. */
  async listParked(after: number, most: number): Promise<ParkedLine[]> {
    return this.#calls.listParked(after, most);
  }

  async findParked(seq: number): Promise<ParkedThing | null> {
    return this.#calls.findParked(seq);
  }

  async replayParked(seq: number): Promise<ReplayOutcome> {
    return this.#calls.replayParked(seq);
  }

  async discardParked(seq: number): Promise<boolean> {
    return this.#calls.discardParked(seq);
  }

  /** Throws away unreadable webhooks behind `after` that name one of these; answers where to go on, null at the end. */
  async forgetParked(ids: readonly string[], after: number): Promise<number | null> {
    return this.#calls.forgetParked(ids, after);
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
