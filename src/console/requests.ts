// What is sent below /admin, where it is more than a few fields: apart from what is answered, because the Worker needs these as
// they are and the answers as types alone. It only grows.

import * as v from '../platform/schema.ts';

const table = v.optional(v.record(v.string()), {});

/** The variables that decide names, as the configuration reads them. */
export const MappingVars = v.object({
  traitCase: v.picklist(['camel', 'snake']),
  events: v.optional(v.record(v.union([v.string(), v.literal(false)])), {}),
  freePlan: v.nullable(v.string()),
  plans: table,
  traits: table,
});

const when = v.optional(
  v.pipe(
    v.integer(),
    v.check((value) => value >= 0),
  ),
);

/** Times in Unix milliseconds. */
export const SyncRequest = v.object({
  kind: v.string(),
  only: v.optional(v.picklist(['clerk', 'stripe'])),
  since: when,
  activeSince: when,
  dryRun: v.optional(v.boolean()),
  repair: v.optional(v.boolean()),
  sample: when,
});

const object = v.record(v.unknown());

/** `ageMs`: how long ago the page was asked for. Without a page it is only asked where the job is. */
export const SyncPage = v.object({
  id: v.string(),
  page: v.optional(
    v.object({
      list: v.string(),
      from: v.nullable(v.string()),
      cursor: v.nullable(v.string()),
      total: v.optional(v.number()),
      ageMs: v.pipe(
        v.number(),
        v.check((value) => value >= 0),
      ),
      objects: v.array(object),
    }),
  ),
});
