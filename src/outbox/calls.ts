// What may be asked of an outbox shard, by the Durable Object that holds it (outbox.ts), and by the simulation, which runs
// the very same code over node:sqlite. Every call is durable when it returns.

import type { CustomerFacts, LinkVersion } from '../person/customers.ts';
import type { HoldingVersion, SubscriptionFacts } from '../person/holdings.ts';
import type { PersonEvent } from '../person/news.ts';
import { isOrganization } from '../person/owner.ts';
import { voucherOf } from '../person/typed.ts';
import type { HintQuestion } from '../person/typed.ts';
import type { Layout } from '../platform/shards.ts';
import { figuresOf } from './capabilities.ts';
import { configIn } from './capability.ts';
import { commitTogether } from './commit-together.ts';
import { withHour } from './delivery/course.ts';
import { noteHeard, noteIgnored, noteUnusable } from './delivery/heard.ts';
import { withCounts } from './delivery/record.ts';
import { openHeld } from './held.ts';
import { look } from './looks/looks.ts';
import type { Look } from './looks/looks.ts';
import { organizationCalls } from './organizations/calls.ts';
import { forgetNaming } from './parked/naming.ts';
import { discardParked, findParked, listParked, parkEvent, replayParked } from './parked/shelf.ts';
import type { UnreadableEvent } from './parked/shelf.ts';
import { accept, deleteByHand } from './people/accept.ts';
import type { Arrival } from './people/arrival.ts';
import {
  closeCustomer,
  closeSubscription,
  gainCustomer,
  gainSubscription,
  loseCustomer,
  loseSubscription,
} from './people/customers.ts';
import { manyCalls } from './people/many.ts';
import type { Acceptance, Recorded } from './people/recorded.ts';
import { personKey } from './people/table.ts';
import { parkTooLarge } from './people/too-large.ts';
import { openTold } from './people/untold.ts';
import { personView } from './people/view.ts';
import { walkCalls } from './people/walk-calls.ts';
import { openRecent } from './recent.ts';
import type { NewWebhook, Recent, RecentPage } from './recent.ts';
import { armForNews, armIfDue, ringShard, startShard, sweepShard } from './ring.ts';
import { openShard } from './shard.ts';
import type { Shard, ShardOptions } from './shard.ts';

export type OutboxCalls = ReturnType<typeof openOutbox>;

export function openOutbox(options: ShardOptions) {
  const shard = openShard(options);
  const { storage, platform } = shard;
  const recent = openShardRecent(shard);
  const acceptTogether = openAccept(shard, recent);

  /** The alarm is armed for what came of it. */
  function armed(acceptance: Acceptance): Acceptance {
    if (acceptance.messages > 0) armForNews(shard);
    return acceptance;
  }

  return {
    start: () => startShard(shard),
    alarm: () => ringShard(shard),
    sweep: async () => {
      await sweepShard(shard);
      return figuresOf(shard);
    },
    health: () => figuresOf(shard),
    listHeld: (most: number) => storage.tables().holds.list(most),
    /** `ignored`: events by provider that nothing wanted since the door told last. */
    accept: async (
      userId: string,
      event: PersonEvent,
      ignored: Readonly<Record<string, number>> = {},
    ): Promise<Acceptance> => {
      noteIgnored(storage, ignored);
      return armed(await acceptTogether({ userId, event }));
    },
    ...openTold(shard),
    ...manyCalls(shard),
    ...walkCalls(shard),
    ...organizationCalls(shard),
    ...openHandOver(shard, armed),
    vouch: (userId: string, question: HintQuestion) =>
      voucherOf(storage.tables().people.find(personKey(userId)), question),
    view: (userId: string) => personView(storage, userId, configIn(shard).messages),

    look: (asked: Look) => look(shard, asked),
    ...openHeld(shard),

    deletePerson: (userId: string) => {
      const request = { userId, now: platform.now() };
      const outcome = storage.transaction((tables) =>
        deleteByHand(tables, request, configIn(shard).messages),
      );
      recent.forget(userId);
      armIfDue(shard);
      return outcome;
    },

    noteUnusable: (provider: string, remedy: string) =>
      noteUnusable(storage, { provider, remedy, at: platform.now() }),
    ...openParkedCalls(shard, recent),
    ...openLookingOn(shard, recent),

    layout: (wanted: Layout | null) => storage.tables().relay.layout(wanted),
    incidents: () => storage.tables().relay.incidents(),
    spend: (secret: string, until: number | null) =>
      storage.tables().relay.spend(secret, { until, now: platform.now() }),
    keepIncidents: (open: readonly string[]) => storage.tables().relay.saveIncidents(open),
  };
}

/** What moves from one person to another: what a customer brought, or one subscription. */
function openHandOver(shard: Shard, armed: (acceptance: Acceptance) => Acceptance) {
  return {
    closeCustomer: (userId: string, link: LinkVersion) => closeCustomer(shard, userId, link),
    gainCustomer: (userId: string, link: LinkVersion, facts: CustomerFacts) =>
      armed(gainCustomer(shard, userId, { link, facts })),
    loseCustomer: (userId: string, link: LinkVersion) => armed(loseCustomer(shard, userId, link)),
    closeSubscription: (userId: string, left: HoldingVersion) =>
      closeSubscription(shard, userId, left),
    gainSubscription: (userId: string, version: HoldingVersion, facts: SubscriptionFacts) =>
      armed(gainSubscription(shard, userId, { version, facts })),
    loseSubscription: (userId: string, left: HoldingVersion) =>
      armed(loseSubscription(shard, userId, left)),
  };
}

/** What was put aside: how a webhook gets there, and what an operator may do. */
function openParkedCalls(shard: Shard, recent: Recent) {
  return {
    parkEvent: (event: UnreadableEvent) => {
      const outcome = parkEvent(shard, event);
      const { provider, id, type } = event;
      const reason = 'object_unexpected';
      recent.note({ at: shard.platform.now(), provider, event: id, type, outcome, reason });
      return outcome;
    },
    listParked: (after: number, most: number) => listParked(shard, after, most),
    findParked: (seq: number) => findParked(shard, seq),
    replayParked: (seq: number) => {
      const outcome = replayParked(shard, seq);
      armIfDue(shard);
      return outcome;
    },
    forgetParked: (ids: readonly string[], after: number) => forgetNaming(shard, ids, after),
    discardParked: (seq: number) => discardParked(shard, seq),
  };
}

/** The newest webhooks, for whoever looks on. */
function openLookingOn({ storage, platform }: Shard, recent: Recent) {
  return {
    /** Of a webhook that came to no outbox: it was ignored, or waits. */
    noteWebhook: (webhook: Omit<NewWebhook, 'at' | 'journal'>) =>
      recent.note({ ...webhook, at: platform.now() }),

    /** What is new or has changed behind a cursor, which is empty to begin with. */
    recent: (after: string): RecentPage => {
      recent.look((person) => storage.tables().holds.isHeld(person));
      return recent.after(after);
    },
  };
}

function openShardRecent({ storage, platform }: Shard): Recent {
  const { parked } = storage.delivery().counters;
  const recent = openRecent({ name: platform.name, bornAt: platform.now(), parked });
  storage.whenChanged(() => {
    const { cursor, counters } = storage.delivery();
    const reached = { seq: cursor.seq, parked: counters.parked, at: platform.now() };
    try {
      recent.reach(reached, (person) => storage.tables().holds.isHeld(person));
    } catch {
      // The transaction has failed and the tables cannot be opened: whoever looks on hears with the next one.
    }
  });
  return recent;
}

/** Accepts that arrive together commit together; what became of each is counted. */
function openAccept(shard: Shard, recent: Recent) {
  const { storage, platform } = shard;
  const together = commitTogether<Arrival, Recorded>(
    platform,
    (write) => storage.takeIn(write),
    (arrival) => {
      const request = { ...arrival, now: platform.now() };
      return accept(storage.tables(), request, configIn(shard).messages);
    },
  );

  return async (arrival: Arrival): Promise<Acceptance> => {
    const { told = [], ...acceptance } = await together(arrival).catch((error: unknown) =>
      parkTooLarge(shard, arrival, error),
    );
    const { outcome } = acceptance;
    const seq = storage.tables().journal.lastSeq();
    const isOfMany = isOrganization(arrival.userId) && outcome === 'accepted';
    if (told.length > 0 || isOfMany) {
      logTold(shard, arrival.event.id, { told, ...(isOfMany ? {} : { seq }) });
    }
    if (outcome === 'accepted' || outcome === 'duplicate') {
      noteArrival(recent, arrival, { outcome, told, seq, at: platform.now() });
    }
    const counter = { accepted: 'accepted', duplicate: 'duplicates', erased: 'erased' } as const;
    if (outcome !== 'moved') {
      storage.note(withCounts(storage.delivery(), { [counter[outcome]]: 1 }));
    }
    if (outcome === 'accepted') {
      const hours = withHour(storage.delivery().hours, platform.now(), { accepted: 1 });
      storage.note({ ...storage.delivery(), hours });
    }
    noteHeard(storage, { provider: arrival.event.provider, outcome, at: platform.now() });
    return acceptance;
  };
}

type Told = { readonly told: readonly string[]; readonly seq: number };

/** What a webhook tells: by `seq` the line of its landing is found; an organization's lands with each of its people. Names of ours, and nobody's. */
function logTold(
  { platform }: Shard,
  event: string,
  { told, ...where }: Pick<Told, 'told'> & Partial<Told>,
): void {
  const about = { stage: 'outbox', decision: 'accepted', shard: platform.name };
  platform.log({ ...about, event, told: told.join(' '), ...where });
}

function noteArrival(
  recent: Recent,
  { userId, event }: Arrival,
  { told, seq, ...noted }: Told & { readonly outcome: string; readonly at: number },
): void {
  const { provider, id, type, news } = event;
  const isDeletion = news.some(({ kind }) => kind === 'deleted');
  // What was known of them goes, and the deletion itself names nobody.
  if (isDeletion) recent.forget(userId);
  const whom = isDeletion ? {} : { userId };
  const journal = { seq, person: personKey(userId) };
  const webhook = { ...noted, ...whom, provider, event: id, type, told };
  // What an organization tells stands in the journals of those who hear it.
  const isElsewhere = told.length === 0 || isOrganization(userId);
  recent.note(isElsewhere ? webhook : { ...webhook, journal });
}
