// Outbox: the Durable Object that holds an outbox shard. Public methods are RPC: they stay backward compatible, because
// after a deploy an old one may run for minutes. Each is one of the shard's calls (calls.ts).

import { hasNoTables } from '../platform/migrations.ts';
import type { Layout } from '../platform/shards.ts';
import { openOutbox } from './calls.ts';
import type { OutboxCalls } from './calls.ts';
import { elsewhereOf } from './elsewhere.ts';
import { shardObjects } from './object.ts';
import type { Rpc } from './object.ts';

const { ShardObject, callsOf, forward } = shardObjects(({ env, platform, configured, config }) =>
  openOutbox({ platform, configured, ...elsewhereOf(env, config) }),
);

type Call<Name extends keyof OutboxCalls> = Rpc<OutboxCalls[Name]>;

export class Outbox extends ShardObject {
  /** Takes an event durably; when this returns, its messages will land. */
  declare readonly accept: Call<'accept'>;
  /** Takes a page of events that were pulled; each is durable when this returns, or may be sent again. */
  declare readonly acceptMany: Call<'acceptMany'>;
  /** A slice of the people: who was last told something else is identified, or only counted. */
  declare readonly refresh: Call<'refresh'>;
  /** An identify for each, or of an organization its object's group, due or not. */
  declare readonly identifyAgain: Call<'identifyAgain'>;
  /** A page of what people were told. */
  declare readonly told: Call<'told'>;
  /** By the keys of their rows; who is deleted has none. */
  declare readonly userIdsOf: Call<'userIdsOf'>;
  /** The tracks of the entries behind `after`, without anything personal. */
  declare readonly tracks: Call<'tracks'>;
  /** What these people were told lately. */
  declare readonly toldBefore: Call<'toldBefore'>;
  /** Whom nobody here has heard of, and who is deleted. */
  declare readonly strangersAmong: Call<'strangersAmong'>;
  /** Whom an instance of Clerk has told of as users, a page. */
  declare readonly userIds: Call<'userIds'>;
  /** The same of organizations, or of members that may have left. */
  declare readonly idsOf: Call<'idsOf'>;
  /** A page of what organizations' objects are told. */
  declare readonly toldObjects: Call<'toldObjects'>;
  /** What members are still to be told of their organizations is told now. */
  declare readonly tellMembers: Call<'tellMembers'>;
  /** Which of them are known as users. Writes nothing. */
  declare readonly areKnown: Call<'areKnown'>;
  /** The keys of what accepting it would tell. Writes nothing. */
  declare readonly untold: Call<'untold'>;
  /** Which of them were told here, to anybody. */
  declare readonly areTold: Call<'areTold'>;
  /** A customer's link has moved away: takes no more of its events, and says what there is to hand over. */
  declare readonly closeCustomer: Call<'closeCustomer'>;
  /** A customer's link has moved here. */
  declare readonly gainCustomer: Call<'gainCustomer'>;
  /** What was handed over is given up, and an identify says so. */
  declare readonly loseCustomer: Call<'loseCustomer'>;
  /** Takes a subscription from the person: from now on its events are another's. Answers what they have of it. */
  declare readonly closeSubscription: Call<'closeSubscription'>;
  declare readonly gainSubscription: Call<'gainSubscription'>;
  declare readonly loseSubscription: Call<'loseSubscription'>;
  /** May what a buyer typed make a customer this person's? Writes nothing. */
  declare readonly vouch: Call<'vouch'>;
  /** For the console: what it asks beside the figures; each part by itself. */
  declare readonly look: Call<'look'>;
  /** For the operator: one person as we see them. */
  declare readonly view: Call<'view'>;
  /** Ids and addresses that are theirs and nobody else's. */
  declare readonly knownBy: Call<'knownBy'>;
  /** What is held here about a person, a page behind `after`, which is empty to begin with. */
  declare readonly held: Call<'held'>;
  /** What here names one of these: organizations, and unreadable webhooks, a page behind `after`. */
  declare readonly heldNaming: Call<'heldNaming'>;
  /** The operator deletes a person; `erased`: they were before. */
  declare readonly deletePerson: Call<'deletePerson'>;
  /** Counts an event that tells nothing because of how its endpoint is set up; `remedy` says what to change. */
  declare readonly noteUnusable: Call<'noteUnusable'>;
  /** Keeps a verified event that no schema of ours could read, once. */
  declare readonly parkEvent: Call<'parkEvent'>;
  /** Of a webhook that came to no outbox; in memory alone. */
  declare readonly noteWebhook: Call<'noteWebhook'>;
  /** The newest webhooks here that are new or have changed behind a cursor; it is empty to begin with. */
  declare readonly recent: Call<'recent'>;
  declare readonly health: Call<'health'>;
  /** For the operator: whose messages wait because the first of them fails while others' land. */
  declare readonly listHeld: Call<'listHeld'>;
  /** The cron's visit: a lost alarm is armed again, hours and months that are over are dropped. Answers how it is. */
  declare readonly sweep: Call<'sweep'>;
  /** The incidents that were told and are not over. Asked of the shard named `layout`. */
  declare readonly incidents: Call<'incidents'>;
  declare readonly keepIncidents: Call<'keepIncidents'>;
  /** The parked things behind the number `after`, at most `most`. */
  declare readonly listParked: Call<'listParked'>;
  declare readonly findParked: Call<'findParked'>;
  declare readonly replayParked: Call<'replayParked'>;
  declare readonly discardParked: Call<'discardParked'>;
  /** Throws away unreadable webhooks behind `after` that name one of these; answers where to go on, null at the end. */
  declare readonly forgetParked: Call<'forgetParked'>;

  /**
   * The layout in force: `wanted` where none is yet. Null only asks, and is answered null then. Asked of the shard named
   * `layout`; the first release asked with a wish alone.
   */
  async layout(wanted: Layout | null): Promise<Layout | null> {
    const isNew = wanted === null && hasNoTables(this.ctx.storage.sql);
    return isNew ? null : callsOf(this).layout(wanted);
  }

  /** False: this secret was used before. Else it is from now on until then; null only asks. Of the shard named `layout`. */
  async spend(secret: string, until: number | null): Promise<boolean> {
    const isNew = until === null && hasNoTables(this.ctx.storage.sql);
    return isNew || callsOf(this).spend(secret, until);
  }
}

forward(Outbox, [
  'accept',
  'acceptMany',
  'refresh',
  'identifyAgain',
  'told',
  'userIdsOf',
  'tracks',
  'toldBefore',
  'strangersAmong',
  'userIds',
  'idsOf',
  'toldObjects',
  'tellMembers',
  'areKnown',
  'untold',
  'areTold',
  'closeCustomer',
  'gainCustomer',
  'loseCustomer',
  'closeSubscription',
  'gainSubscription',
  'loseSubscription',
  'vouch',
  'look',
  'view',
  'knownBy',
  'held',
  'heldNaming',
  'deletePerson',
  'noteUnusable',
  'parkEvent',
  'noteWebhook',
  'recent',
  'health',
  'listHeld',
  'sweep',
  'incidents',
  'keepIncidents',
  'listParked',
  'findParked',
  'replayParked',
  'discardParked',
  'forgetParked',
]);
