// What the objects of this shard's organizations are told, for whoever compares it with what Customer.io shows. Read-only, a page
// at once.

import { asMapped } from '../../person/mapping.ts';
import { stateOf } from '../../person/organization.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { landedUntil } from '../people/told.ts';
import type { ToldPage } from '../people/told.ts';
import { objectOf } from './objects.ts';

/** One that was never told is due: it stands there, told at 0. */
export function toldObjects(world: ShardWorld, after: string, most: number): ToldPage {
  const { messages: options } = configIn(world);
  const tables = world.storage.tables();
  const keys = tables.members.organizations(after, most);
  const found = keys.flatMap((key) => {
    const known = tables.people.find(key) ?? null;
    if (known === null) return [];
    const organization = asMapped(known, options.mapping);
    const object = objectOf(tables, organization, options);
    if (object === null) return [];
    const { attributes: traits, through } = object;
    const identifiedAt = stateOf(organization).object?.at ?? 0;
    return [{ through, told: { userId: known.userId, key, traits, identifiedAt } }];
  });
  const people = found.flatMap(({ through, told }) => (through === null ? [] : [told]));
  return {
    people,
    seen: found.length,
    next: keys.length < most ? null : (keys.at(-1) ?? null),
    landedUntil: landedUntil(world),
    alone: found.length - people.length,
  };
}
