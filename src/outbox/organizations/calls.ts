// What sync asks of a shard about its organizations.

import type { IdsAsked } from '../people/many.ts';
import { armIfDue } from '../ring.ts';
import type { Shard } from '../shard.ts';
import { idsOf } from './ids.ts';
import type { IdsOf } from './ids.ts';
import { toldObjects } from './told-objects.ts';

export function organizationCalls(shard: Shard) {
  return {
    idsOf: (of: IdsOf, asked: IdsAsked) => idsOf(shard, of, asked),
    toldObjects: (after: string, most: number) => toldObjects(shard, after, most),
    /** All has been pulled: what members are told of an organization waits no longer. */
    tellMembers: () => {
      const { storage, platform } = shard;
      storage.transaction((tables) => tables.fanOuts.hasten(platform.now()));
      armIfDue(shard);
    },
  };
}
