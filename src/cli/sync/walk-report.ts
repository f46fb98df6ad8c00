// The reports of jobs that walk a provider's lists, in words. Pure.

import * as v from '../../platform/schema.ts';

/** `rows` and `profiles` are of a dry run alone. */
const Walk = v.object({
  unlinked: v.number(),
  unlinkedCustomers: v.array(v.string()),
  rows: v.optional(v.number(), -1),
  profiles: v.optional(v.number(), 0),
});

/** Null: it is the report of another kind. */
export function walkReportLines(report: unknown): string[] | null {
  const parsed = v.safeParse(Walk, report);
  if (!parsed.success) return null;
  const { unlinked, unlinkedCustomers, rows, profiles } = parsed.output;
  return [
    ...(rows < 0
      ? []
      : [
          `It would make ${profiles} people new at Customer.io: a profile each.`,
          `It would write ${rows} rows, and one or two a page.`,
        ]),
    ...(unlinked === 0
      ? []
      : [
          `${unlinked} objects were left out: nobody knows whose their customers are.`,
          ...unlinkedCustomers.map((id) => `  ${id}`),
          'Link them with lifecycle link CUSTOMER USER, and run it again.',
        ]),
  ];
}
