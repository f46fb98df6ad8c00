// What sync asks of a shard about its organizations.

import { armIfDue } from '../ring.ts';
import type { Shard } from '../shard.ts';
import { idsOf } from './ids.ts';
import type { IdsOf } from './ids.ts';

export function organizationCalls(shard: Shard) {
  return {
    idsOf: (of: IdsOf, after: string, most: number) => idsOf(shard, of, { after, most }),
    /** All has been pulled: what members are told of an organization waits no longer. */
    tellMembers: () => {
      const { storage, platform } = shard;
      storage.transaction((tables) => tables.fanOuts.hasten(platform.now()));
      armIfDue(shard);
    },
  };
}
