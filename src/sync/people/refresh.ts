// Refresh: everybody who was last told something else than what is so by the configuration of today is identified once. The
// shards know who that is; the job walks them, a slice a page.

import { joinRefreshed, NOBODY } from '../../outbox/people/refreshed.ts';
import type { Refreshed } from '../../outbox/people/refreshed.ts';
import type { JobKind } from '../kind.ts';
import { keptPerson } from './kept.ts';
import { cursorAfter, placeOf } from './walk.ts';

/** One call, in a transaction of some milliseconds. */
const SLICE = 100;

export const refresh: JobKind = {
  name: 'refresh',
  lists: () => ['people'],
  page: async ({ shards, config }, { cursor, request, report }) => {
    const place = placeOf(cursor);
    const isDryRun = request.dryRun === true;
    const asked = { after: place.after, most: SLICE, isDryRun };
    const { next, pending, rows, ...slice } = await shards.people.refresh(place.name, asked);
    const before: Refreshed = report === null ? NOBODY : JSON.parse(report);
    return {
      kind: 'page',
      cursor: cursorAfter(place, next, { layout: config }),
      counts: { seen: slice.seen, changed: slice.due },
      report: JSON.stringify(joinRefreshed(before, placedIn(place.name, slice))),
      pending,
      rows,
    };
  },
};

function placedIn(shard: string, slice: Refreshed): Refreshed {
  return { ...slice, examples: slice.examples.map((key) => keptPerson(shard, key)) };
}
