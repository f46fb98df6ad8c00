// What is asked of many shards at once: it is parted by the shards that hold it, each is asked once, and the answers come
// back in the order of what was asked.

import { shardName, shardOf } from './shards.ts';
import type { Layout } from './shards.ts';

/** One call of the shard of this name. */
export type Asking<Stub> = <Value>(
  name: string,
  call: (stub: Stub) => Promise<Value>,
) => Promise<Value>;

/** What is to be delivered in the fullest shard, and the rows written. */
type Cost = { readonly pending: number; readonly rows: number };

type Part<Member> = {
  readonly name: string;
  readonly members: Member[];
  /** Where each of them stood. */
  readonly places: number[];
};

export function byShard<Member>(
  members: readonly Member[],
  keyOf: (member: Member) => string,
  { shards }: Layout,
): readonly Part<Member>[] {
  const parts = new Map<string, Part<Member>>();
  for (const [place, member] of members.entries()) {
    const name = shardName(shardOf(keyOf(member), shards));
    const part = parts.get(name) ?? { name, members: [], places: [] };
    part.members.push(member);
    part.places.push(place);
    parts.set(name, part);
  }
  return [...parts.values()];
}

export function inEach<Member, Value>(
  parts: readonly Part<Member>[],
  ask: (name: string, members: readonly Member[]) => Promise<Value>,
): Promise<Value[]> {
  return Promise.all(parts.map(({ name, members }) => ask(name, members)));
}

export function inOrder<Member, Value>(
  parts: readonly Part<Member>[],
  answers: readonly (readonly Value[])[],
): Value[] {
  const placed = parts.flatMap(({ places }, part) =>
    places.map((place, index) => [place, answers[part]?.[index]] as const),
  );
  return placed
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, value]) => (value === undefined ? [] : [value]));
}

export function costOf(answers: readonly Cost[]): Cost {
  return {
    pending: Math.max(0, ...answers.map(({ pending }) => pending)),
    rows: answers.reduce((sum, { rows }) => sum + rows, 0),
  };
}
