// Held: what a shard holds about one person, a page at once: what is theirs, and what names them elsewhere in it.

import { knownBy } from '../person/known-by.ts';
import { heldInOrganizations } from './organizations/held.ts';
import { heldNaming } from './parked/naming.ts';
import { heldPage } from './people/held.ts';
import { personKey } from './people/table.ts';
import type { Shard } from './shard.ts';

export function openHeld(shard: Shard) {
  const { storage } = shard;
  return {
    knownBy: (userId: string): readonly string[] => {
      const person = storage.tables().people.whole(personKey(userId)) ?? null;
      return person === null ? [userId] : knownBy(person);
    },
    held: (userId: string, after: string) => heldPage(storage, userId, after),
    heldNaming: (ids: readonly string[], after: string) => {
      const page = heldNaming(shard, ids, after);
      if (after !== '') return page;
      return { ...page, held: [...heldInOrganizations(storage.tables(), ids), ...page.held] };
    },
  };
}
