// Shards of which a test uses some: the others say so when they are asked.

import type { PeopleShards } from '../../src/sync/people/shards.ts';
import type { SyncShards } from '../../src/sync/shards.ts';

async function unused(): Promise<never> {
  throw new Error('not part of this test');
}

export const UNUSED_PEOPLE: PeopleShards = {
  refresh: unused,
  told: unused,
  toldObjects: unused,
  userIdsOf: unused,
  identifyAgain: unused,
  toldBefore: unused,
  strangersAmong: unused,
};

export const UNUSED_SHARDS: SyncShards = {
  untold: unused,
  toldIn: unused,
  accept: unused,
  place: unused,
  placeCharge: unused,
  learnCharge: unused,
  erase: unused,
  parkEvent: unused,
  leave: unused,
  pending: unused,
  acceptMany: unused,
  placeMany: unused,
  areKnown: unused,
  userIds: unused,
  idsOf: unused,
  tellMembers: unused,
  learnMany: unused,
  learnCharges: unused,
  people: UNUSED_PEOPLE,
};
