// People in a report. It is kept for weeks, so a person stands there as the place of their row, and who looks is told the id
// of whoever is still there: a deletion takes it away without knowing of any report.

import type { PeopleShards } from './shards.ts';

const KEPT = /"(s\d+)\.([\w-]{43})"/g;

/** `key`: of their row in this shard. */
export function keptPerson(shard: string, key: string): string {
  return `${shard}.${key}`;
}

/** The report with user ids; whoever is deleted is left out. */
export async function shownReport(
  report: string,
  userIdsOf: PeopleShards['userIdsOf'],
): Promise<unknown> {
  const found = [...report.matchAll(KEPT)].map(([, shard = '', key = '']) => ({ shard, key }));
  const parts = Object.entries(Object.groupBy(found, ({ shard }) => shard));
  const ids = new Map(
    (
      await Promise.all(
        parts.map(async ([shard, people = []]) =>
          Object.entries(
            await userIdsOf(
              shard,
              people.map(({ key }) => key),
            ),
          ),
        ),
      )
    ).flat(),
  );
  const shown = report.replaceAll(KEPT, (_, _shard, key: string) =>
    JSON.stringify(ids.get(key) ?? null),
  );
  return JSON.parse(shown, (_, value: unknown) =>
    Array.isArray(value) ? value.filter((each) => each !== null) : value,
  );
}
