// Links: the Durable Object that holds a links shard. Public methods are RPC and stay backward compatible, because after
// a deploy an old one may run for minutes. Each is one of the shard's calls (calls.ts).

import { shardObjects } from '../outbox/object.ts';
import type { Rpc } from '../outbox/object.ts';
import { findUserWith, lookUpWith } from './ask.ts';
import { openLinks } from './calls.ts';
import type { LinksCalls } from './calls.ts';
import { shardsOf } from './cloudflare-shards.ts';

const { ShardObject, forward } = shardObjects(({ env, platform, configured, config }) => {
  const known = configured.ok ? configured.config : null;
  return openLinks({
    platform,
    shards: shardsOf(env, config),
    lookUp: known && lookUpWith(known, platform),
    findUser: known && findUserWith(known, platform),
    waitingDays: known?.waitingDays ?? Infinity,
    areOrganizationsOn: known?.messages.organizations !== undefined,
    shardCount: known?.shards ?? 1,
  });
});

type Call<Name extends keyof LinksCalls> = Rpc<LinksCalls[Name]>;

export class Links extends ShardObject {
  /** Answers whose event it is, or keeps it; either way what it says about links is learnt. */
  declare readonly place: Call<'place'>;
  /** The same for a page that was pulled. What is known of no person is not kept: it comes with the next pull. */
  declare readonly placeMany: Call<'placeMany'>;
  /** An event has named a charge and its customer: what names the charge alone goes there from now on. */
  declare readonly learnCharge: Call<'learnCharge'>;
  /** The same of a page that was pulled. Answers the rows written. */
  declare readonly learnCharges: Call<'learnCharges'>;
  /** An event that names only its charge: its customer, or it waits here until a look-up has told. */
  declare readonly placeCharge: Call<'placeCharge'>;
  /** An organization pays for the customer, or for one subscription: no person has it from now on. */
  declare readonly leave: Call<'leave'>;
  /**
   * Learns links from an event that belongs to a person already. All claims are about this shard's customers; names that users
   * had before are told every shard. Answers the rows written.
   */
  declare readonly learn: Call<'learn'>;
  /** Clerk's user had this name before. Every links shard is told: metadata may name them of any customer. */
  declare readonly learnExternal: Call<'learnExternal'>;
  /** Whom metadata means by this, if anybody. */
  declare readonly meant: Call<'meant'>;
  /** A person is deleted: no link names them from now on, and nothing waits for them. May be repeated. Answers their customers. */
  declare readonly erase: Call<'erase'>;
  /** The same of many, in one transaction. Answers of each their customers. */
  declare readonly eraseMany: Call<'eraseMany'>;
  /** The customers that are a person's here, or were until they were deleted. */
  declare readonly customersOf: Call<'customersOf'>;
  /** What is held here about a person, a page at once. */
  declare readonly held: Call<'held'>;
  declare readonly link: Call<'link'>;
  declare readonly linkByHand: Call<'linkByHand'>;
  /** False where there was no link. */
  declare readonly forgetLink: Call<'forgetLink'>;
  /** Those who have waited longest, or one alone. */
  declare readonly waiting: Call<'waiting'>;
  declare readonly health: Call<'health'>;
  /** The cron's visit. Answers how it is. */
  declare readonly sweep: Call<'sweep'>;
}

forward(Links, [
  'place',
  'placeMany',
  'learnCharge',
  'learnCharges',
  'placeCharge',
  'leave',
  'learn',
  'learnExternal',
  'meant',
  'erase',
  'eraseMany',
  'customersOf',
  'held',
  'link',
  'linkByHand',
  'forgetLink',
  'waiting',
  'health',
  'sweep',
]);
