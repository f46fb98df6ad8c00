// Patient: what the alarm asks of other shards, each answer waited for so long. One that never answers holds up nothing
// but itself; what was asked of it may be repeated.

import { answerOf } from '../platform/patience.ts';
import type { Platform } from '../platform/platform.ts';
import type { HandOver, Shards as AllShards } from './shards.ts';

type Shards = Pick<
  AllShards,
  'accept' | 'untold' | 'toldIn' | 'vouch' | 'place' | 'erase' | HandOver
>;

export function patientShards(shards: Shards, platform: Pick<Platform, 'after'>): Shards {
  const patient = <Args extends readonly unknown[], Answer>(
    ask: (...args: Args) => Promise<Answer>,
  ) => {
    return (...args: Args): Promise<Answer> => answerOf(ask(...args), platform);
  };
  return {
    accept: patient(shards.accept),
    untold: patient(shards.untold),
    toldIn: patient(shards.toldIn),
    closeCustomer: patient(shards.closeCustomer),
    gainCustomer: patient(shards.gainCustomer),
    loseCustomer: patient(shards.loseCustomer),
    closeSubscription: patient(shards.closeSubscription),
    gainSubscription: patient(shards.gainSubscription),
    loseSubscription: patient(shards.loseSubscription),
    vouch: patient(shards.vouch),
    place: patient(shards.place),
    erase: patient(shards.erase),
  };
}
