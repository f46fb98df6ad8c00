// What the providers hold, given as it is, for their lists (history.ts): objects in the order of their making.

import type { ApiObject, Population, Source } from './population.ts';

export type HeldObjects = {
  readonly users: readonly ApiObject[];
  readonly subscriptions: readonly ApiObject[];
  readonly invoices: readonly ApiObject[];
};

type Held = Pick<
  Population,
  'users' | 'subscriptions' | 'invoices' | 'changedUsers' | 'hasChanged' | 'removedCount'
>;

export function heldPopulation({ users, subscriptions, invoices }: HeldObjects): Held {
  const byMaking = sorted(users, 'created_at');
  return {
    users: sourceOf(byMaking, 'created_at'),
    subscriptions: sourceOf(sorted(subscriptions, 'created'), 'created'),
    invoices: sourceOf(sorted(invoices, 'created'), 'created'),
    changedUsers: () =>
      sorted(byMaking, 'updated_at')
        .toReversed()
        .map((user) => byMaking.indexOf(user)),
    hasChanged: () => true,
    removedCount: () => 0,
  };
}

function sorted(objects: readonly ApiObject[], by: string): readonly ApiObject[] {
  return objects.toSorted((a, b) => Number(a[by]) - Number(b[by]));
}

/** A list in the order of its making. */
export function sourceOf(objects: readonly ApiObject[], by: string): Source {
  return {
    size: () => objects.length,
    at: (index) => objects[index] ?? null,
    createdAt: (index) => Number(objects[index]?.[by] ?? 0),
    indexOf: (id) => objects.findIndex((each) => each['id'] === id),
  };
}
