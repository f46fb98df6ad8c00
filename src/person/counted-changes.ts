// What a changed mapping would change of many moments: the same change once, with how often it is there. Pure.

import { changedTrack } from './changed-mapping.ts';
import type { ChangedTrack, MappingChange } from './changed-mapping.ts';
import type { Properties } from './moment.ts';
import type { PlanNaming } from './plan-name.ts';

/** The same change of several moments, with when the first and the last of them happened, ISO-8601. */
export type MomentChange = ChangedTrack & {
  readonly count: number;
  readonly first: string;
  readonly last: string;
};

/** A track that was sent: its name, the plans it names, and what these names are made from. */
type ToldTrack = {
  readonly timestamp: string;
  readonly event: string;
  readonly properties: Properties;
  readonly namings: readonly PlanNaming[];
};

/** On top of those that are counted already; the most frequent first. */
export function countedChanges(
  tracks: readonly ToldTrack[],
  change: MappingChange,
  counted: readonly MomentChange[] = [],
): readonly MomentChange[] {
  const changes = new Map(counted.map((each) => [keyOf(each), each]));
  for (const { timestamp: at, namings, ...track } of tracks) {
    const changed = changedTrack(track, change, namings);
    if (changed !== null) {
      const key = keyOf(changed);
      const { count, first, last } = changes.get(key) ?? { count: 0, first: at, last: at };
      const [from, to] = [at < first ? at : first, at > last ? at : last];
      changes.set(key, { ...changed, count: count + 1, first: from, last: to });
    }
  }
  return [...changes.values()].toSorted((a, b) => b.count - a.count);
}

/** By what differs: what stays as it was makes no other change of it. */
function keyOf({ was, would, properties, unsure }: ChangedTrack): string {
  const differing = properties.map((name) => [name, was.properties[name], would.properties[name]]);
  return JSON.stringify([was.event, would.event, differing, unsure]);
}
