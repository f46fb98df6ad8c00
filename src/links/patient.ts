// Patient: what the alarm asks of other shards, each answer waited for so long. One that never answers holds up nothing
// but itself: whatever else is asked of it meanwhile fails at once, and may be repeated. Every call is counted, so that a run
// ends before the platform's limit of them.

import type { Requests } from '../outbox/requests.ts';
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

type World = Pick<Platform, 'now' | 'after'> & {
  /** Of this alarm run. */
  readonly calls: Pick<Requests, 'add'>;
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
