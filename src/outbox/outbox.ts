// Outbox: the Durable Object that holds an outbox shard. Public methods are RPC: they stay backward compatible, because
// after a deploy an old one may run for minutes.

import type { CustomerFacts, LinkVersion } from '../person/customers.ts';
import type { HoldingVersion, SubscriptionFacts } from '../person/holdings.ts';
import type { PersonEvent } from '../person/news.ts';
import type { HintQuestion, Voucher } from '../person/typed.ts';
import type { HeldPage } from '../platform/held.ts';
import type { OutboxCalls } from './calls.ts';
import type { ShardHealth } from './capabilities.ts';
import type { Look, Looked } from './looks/looks.ts';
import { callsOf, OutboxObject } from './object.ts';
import type { IdsOf, IdsPage } from './organizations/ids.ts';
import type { ReplayOutcome } from './parked/replay.ts';
import type { ParkedLine, ParkedThing, UnreadableEvent } from './parked/shelf.ts';
import type { Arrival, Taken } from './people/arrival.ts';
import type { IdsAsked, UserIds } from './people/many.ts';
import type { Acceptance } from './people/recorded.ts';
import type { RefreshedSlice, RefreshRequest } from './people/refresh.ts';
import type { MomentKey } from './people/seen.ts';
import type { Strangers, ToldPage } from './people/told.ts';
import type { TracksPage } from './people/tracks.ts';
import type { PersonView } from './people/view.ts';
import type { NewWebhook, RecentPage } from './recent.ts';

export class Outbox extends OutboxObject {
  /** Takes an event durably; when this returns, its messages will land. */
  accept(
    userId: string,
    event: PersonEvent,
    ignored: Readonly<Record<string, number>> = {},
  ): Promise<Acceptance> {
    return callsOf(this).accept(userId, event, ignored);
  }

  /** Takes a page of events that were pulled; each is durable when this returns, or may be sent again. */
  acceptMany(arrivals: readonly Arrival[]): Promise<Taken> {
    return callsOf(this).acceptMany(arrivals);
  }

  /** A slice of the people: who was last told something else is identified, or only counted. */
  async refresh(request: RefreshRequest): Promise<RefreshedSlice> {
    return callsOf(this).refresh(request);
  }

  /** An identify for each, due or not. */
  async identifyAgain(
    userIds: readonly string[],
  ): Promise<ReturnType<OutboxCalls['identifyAgain']>> {
    return callsOf(this).identifyAgain(userIds);
  }

  /** A page of what people were told. */
  async told(after: string, most: number): Promise<ToldPage> {
    return callsOf(this).told(after, most);
  }

  /** By the keys of their rows; who is deleted has none. */
  async userIdsOf(keys: readonly string[]): Promise<Readonly<Record<string, string>>> {
    return callsOf(this).userIdsOf(keys);
  }

  /** The tracks of the entries behind `after`, without anything personal. */
  async tracks(after: number, most: number): Promise<TracksPage> {
    return callsOf(this).tracks(after, most);
  }

  /** What these people were told lately. */
  async toldBefore(userIds: readonly string[]): Promise<ReturnType<OutboxCalls['toldBefore']>> {
    return callsOf(this).toldBefore(userIds);
  }

  /** Whom nobody here has heard of, and who is deleted. */
  async strangersAmong(userIds: readonly string[]): Promise<Strangers> {
    return callsOf(this).strangersAmong(userIds);
  }

  /** Whom an instance of Clerk has told of as users, a page. */
  async userIds(asked: IdsAsked): Promise<UserIds> {
    return callsOf(this).userIds(asked);
  }

  /** The same of organizations, or of members that may have left. */
  async idsOf(of: IdsOf, asked: IdsAsked): Promise<IdsPage> {
    return callsOf(this).idsOf(of, asked);
  }

  /** What members are still to be told of their organizations is told now. */
  async tellMembers(): Promise<void> {
    callsOf(this).tellMembers();
  }

  /** Which of them are known as users. Writes nothing. */
  async areKnown(userIds: readonly string[]): Promise<boolean[]> {
    return callsOf(this).areKnown(userIds);
  }

  /** The keys of what accepting it would tell. Writes nothing. */
  async untold(userId: string, event: PersonEvent): Promise<readonly MomentKey[]> {
    return callsOf(this).untold(userId, event);
  }

  /** Which of them were told here, to anybody. */
  async areTold(keys: readonly MomentKey[]): Promise<string[]> {
    return callsOf(this).areTold(keys);
  }

  /** A customer's link has moved away: takes no more of its events, and says what there is to hand over. */
  async closeCustomer(userId: string, link: LinkVersion): Promise<CustomerFacts> {
    return callsOf(this).closeCustomer(userId, link);
  }

  /** A customer's link has moved here. */
  async gainCustomer(userId: string, link: LinkVersion, facts: CustomerFacts): Promise<Acceptance> {
    return callsOf(this).gainCustomer(userId, link, facts);
  }

  /** What was handed over is given up, and an identify says so. */
  async loseCustomer(userId: string, link: LinkVersion): Promise<Acceptance> {
    return callsOf(this).loseCustomer(userId, link);
  }

  /** Takes a subscription from the person: from now on its events are another's. Answers what they have of it. */
  async closeSubscription(userId: string, left: HoldingVersion): Promise<SubscriptionFacts> {
    return callsOf(this).closeSubscription(userId, left);
  }

  async gainSubscription(
    userId: string,
    gained: HoldingVersion,
    facts: SubscriptionFacts,
  ): Promise<Acceptance> {
    return callsOf(this).gainSubscription(userId, gained, facts);
  }

  async loseSubscription(userId: string, left: HoldingVersion): Promise<Acceptance> {
    return callsOf(this).loseSubscription(userId, left);
  }

  /** May what a buyer typed make a customer this person's? Writes nothing. */
  async vouch(userId: string, question: HintQuestion): Promise<Voucher> {
    return callsOf(this).vouch(userId, question);
  }

  /** For the console: what it asks beside the figures; each part by itself. */
  async look(asked: Look): Promise<Looked> {
    return callsOf(this).look(asked);
  }

  /** For the operator: one person as we see them. */
  async view(userId: string): Promise<PersonView> {
    return callsOf(this).view(userId);
  }

  /** Ids and addresses that are theirs and nobody else's. */
  async knownBy(userId: string): Promise<readonly string[]> {
    return callsOf(this).knownBy(userId);
  }

  /** What is held here about a person, a page behind `after`, which is empty to begin with. */
  async held(userId: string, after: string): Promise<HeldPage> {
    return callsOf(this).held(userId, after);
  }

  /** What here names one of these: organizations, and unreadable webhooks, a page behind `after`. */
  async heldNaming(ids: readonly string[], after: string): Promise<HeldPage> {
    return callsOf(this).heldNaming(ids, after);
  }

  /** The operator deletes a person; `erased`: they were before. */
  async deletePerson(userId: string): Promise<'deleted' | 'erased'> {
    return callsOf(this).deletePerson(userId);
  }

  /** Counts an event that tells nothing because of how its endpoint is set up; `remedy` says what to change. */
  async noteUnusable(provider: string, remedy: string): Promise<void> {
    callsOf(this).noteUnusable(provider, remedy);
  }

  /** Keeps a verified event that no schema of ours could read, once. */
  async parkEvent(event: UnreadableEvent): Promise<'parked' | 'duplicate'> {
    return callsOf(this).parkEvent(event);
  }

  /** Of a webhook that came to no outbox; in memory alone. */
  async noteWebhook(webhook: Omit<NewWebhook, 'at' | 'journal'>): Promise<void> {
    callsOf(this).noteWebhook(webhook);
  }

  /** The newest webhooks here that are new or have changed behind a cursor; it is empty to begin with. */
  async recent(after: string): Promise<RecentPage> {
    return callsOf(this).recent(after);
  }

  async health(): Promise<ShardHealth> {
    return callsOf(this).health();
  }

  /** For the operator: whose messages wait because the first of them fails while others' land. */
  async listHeld(most: number): Promise<{ readonly userId: string; readonly since: number }[]> {
    return callsOf(this).listHeld(most);
  }

  /** The cron's visit: a lost alarm is armed again, hours and months that are over are dropped. Answers how it is. */
  async sweep(): Promise<ShardHealth> {
    await callsOf(this).sweep();
    return callsOf(this).health();
  }

  /** The incidents that were told and are not over. Asked of the shard named `layout`. */
  async incidents(): Promise<readonly string[]> {
    return callsOf(this).incidents();
  }

  async keepIncidents(open: readonly string[]): Promise<void> {
    callsOf(this).keepIncidents(open);
  }

  /** The parked things behind the number `after`, at most `most`. */
  async listParked(after: number, most: number): Promise<ParkedLine[]> {
    return callsOf(this).listParked(after, most);
  }

  async findParked(seq: number): Promise<ParkedThing | null> {
    return callsOf(this).findParked(seq);
  }

  async replayParked(seq: number): Promise<ReplayOutcome> {
    return callsOf(this).replayParked(seq);
  }

  async discardParked(seq: number): Promise<boolean> {
    return callsOf(this).discardParked(seq);
  }

  /** Throws away unreadable webhooks behind `after` that name one of these; answers where to go on, null at the end. */
  async forgetParked(ids: readonly string[], after: number): Promise<number | null> {
    return callsOf(this).forgetParked(ids, after);
  }
}
