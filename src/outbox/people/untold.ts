// Untold: what accepting an event would tell, and which of it was told here. Asked by the links of a customer that has moved, whose
// former people may be in another shard. Writes nothing.

import { applyEvent } from '../../person/apply.ts';
import { hasMoved } from '../../person/customers.ts';
import { asMapped } from '../../person/mapping.ts';
import type { PersonEvent } from '../../person/news.ts';
import { newPerson } from '../../person/person.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { momentKey } from './seen.ts';
import type { MomentKey } from './seen.ts';
import { personKey } from './table.ts';
import { keysOf } from './unseen.ts';

export function openTold(world: ShardWorld) {
  const { storage, platform } = world;

  /** The keys under which it would be remembered, and the older names of them. */
  function untold(userId: string, event: PersonEvent): readonly MomentKey[] {
    const { people, seen } = storage.tables();
    const known = people.findFor(personKey(userId), event);
    if (known === null) return [];
    const before = asMapped(known ?? newPerson(userId), configIn(world).messages.mapping);
    if (hasMoved(before, event)) return [];
    return applyEvent(before, event)
      .moments.flatMap(keysOf)
      .filter((key) => !seen.has(momentKey(key), platform.now()));
  }

  /** Of these, as events carry them (`told`). */
  function areTold(keys: readonly MomentKey[]): string[] {
    const { seen } = storage.tables();
    const known = keys.map(momentKey).filter((key) => seen.has(key, platform.now()));
    return known.map(({ hex }) => hex);
  }

  return { untold, areTold };
}
