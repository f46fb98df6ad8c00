// Patient: what the alarm asks of other shards, each answer waited for so long. One that never answers holds up nothing
// but itself: whatever else is asked of it meanwhile fails at once, and may be repeated. Every call is counted, so that a run
// ends before the platform's limit of them.

import { REQUESTS_MAX } from '../outbox/requests.ts';
import { answerOf, UnansweredError } from '../platform/patience.ts';
import type { Platform } from '../platform/platform.ts';
import { shardName, shardOf } from '../platform/shards.ts';
import type { HandOver, Shards as AllShards } from './shards.ts';

type Shards = Pick<
  AllShards,
  'accept' | 'untold' | 'toldIn' | 'vouch' | 'place' | 'erase' | HandOver
>;

/** A shard that has not answered is asked nothing for so long. */
const SILENT_MS = 10_000;

type Calls = ReturnType<typeof countCalls>;

/** Calls of one alarm run. */
export function countCalls() {
  let made = 0;
  return {
    restart(): void {
      made = 0;
    },
    add(calls: number): void {
      made += calls;
    },
    /** Those of the run, or a share of them. */
    areSpent: (share = 1) => made >= REQUESTS_MAX * share,
    /** Is there room for so many at once? Where not, the run is over, and they are the first of the next. */
    areLeft(calls: number): boolean {
      if (made > 0 && made + calls > REQUESTS_MAX) made = REQUESTS_MAX;
      return made < REQUESTS_MAX;
    },
  };
}

type World = Pick<Platform, 'now' | 'after'> & {
  readonly calls: Calls;
  /** How many shards the outbox has. */
  readonly shardCount: number;
};

export function patientShards(shards: Shards, world: World): Shards {
  const silentUntil = new Map<string, number>();
  const patient = <Key, Rest extends readonly unknown[], Answer>(
    nameOf: (key: Key) => string,
    ask: (key: Key, ...rest: Rest) => Promise<Answer>,
  ) => {
    return async (key: Key, ...rest: Rest): Promise<Answer> => {
      const name = nameOf(key);
      if (world.now() < (silentUntil.get(name) ?? 0)) throw new UnansweredError();
      world.calls.add(1);
      const fallSilent = () => silentUntil.set(name, world.now() + SILENT_MS);
      return answerOf(ask(key, ...rest), world, fallSilent);
    };
  };
  const outbox = (userId: string) => shardName(shardOf(userId, world.shardCount));
  const links = (customerId: string) => `links ${outbox(customerId)}`;
  return {
    accept: patient(outbox, shards.accept),
    untold: patient(outbox, shards.untold),
    toldIn: patient((name) => name, shards.toldIn),
    closeCustomer: patient(outbox, shards.closeCustomer),
    gainCustomer: patient(outbox, shards.gainCustomer),
    loseCustomer: patient(outbox, shards.loseCustomer),
    closeSubscription: patient(outbox, shards.closeSubscription),
    gainSubscription: patient(outbox, shards.gainSubscription),
    loseSubscription: patient(outbox, shards.loseSubscription),
    vouch: patient(outbox, shards.vouch),
    place: patient(({ customerId }) => links(customerId), shards.place),
    erase: patient(links, shards.erase),
  };
}
