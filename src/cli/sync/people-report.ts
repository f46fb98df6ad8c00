// The reports of jobs over our own people, refresh and drift, in words. Pure.

import * as v from '../../platform/schema.ts';

const figure = v.optional(v.number(), 0);
const counts = v.optional(v.record(v.number()), {});
const ids = v.optional(v.array(v.string()), []);

const Refresh = v.object({
  due: v.number(),
  unknown: figure,
  unread: figure,
  traits: counts,
  examples: ids,
});

const Found = {
  compared: v.number(),
  recent: figure,
  missing: figure,
  differing: figure,
  traits: v.optional(v.record(v.record(v.number())), {}),
  repaired: figure,
  examples: v.optional(v.record(v.array(v.string())), {}),
  alone: figure,
};

const Organizations = v.object(Found);

const Drift = v.object({
  ...Found,
  unknown: figure,
  others: figure,
  erased: figure,
  organizations: v.optional(Organizations),
});

/** What each kind of difference means. */
const KINDS: Readonly<Record<string, string>> = {
  missing: 'Customer.io does not know them',
  lost: 'ours is newer and is not there',
  overwritten: 'somebody else has written since',
  late: 'an old identify of ours came after the newer one',
  email_conflict:
    'the email is not ours: turn on "Allow updates to email using ID", or another person has it',
  unclear: 'Customer.io does not say who wrote last',
};

/** Null: it is the report of another kind. */
export function peopleReportLines(kind: string | null, report: unknown): string[] | null {
  if (kind === 'refresh') {
    const parsed = v.safeParse(Refresh, report);
    return parsed.success ? refreshLines(parsed.output) : null;
  }
  const parsed = v.safeParse(Drift, report);
  return kind === 'drift' && parsed.success ? driftLines(parsed.output) : null;
}

function refreshLines({ due, unknown, unread, traits, examples }: v.InferOutput<typeof Refresh>) {
  return [
    `${due} ${plural(due, 'person was', 'people were')} last told something else than what is so now.`,
    ...line('traits that differ', countsText(traits)),
    ...(unknown === 0
      ? []
      : [`${unknown} of them were told by an older release, which did not note what.`]),
    ...line('for example', examples.join(' ')),
    ...(unread === 0
      ? []
      : [
          `${unread} have a trait of TRAITS that was never read: it comes with their next change at Clerk,`,
          'or for everybody with: lifecycle sync backfill --only clerk',
        ]),
  ];
}

function driftLines(report: v.InferOutput<typeof Drift>) {
  const { unknown, others, erased, repaired, organizations } = report;
  return [
    ...foundLines(report),
    ...counted(unknown, 'have the id of a Clerk user nobody here has heard of: sync backfill'),
    ...counted(others, 'have another id, or none: they are not of this relay'),
    ...counted(erased, 'are deleted here and still there: lifecycle people delete ID'),
    ...counted(repaired, 'were identified again'),
    ...(organizations === undefined ? [] : organizationLines(organizations)),
  ];
}

function organizationLines(found: v.InferOutput<typeof Organizations>) {
  return [
    'Organizations, as objects:',
    ...foundLines(found),
    ...counted(found.alone, 'have nobody in them to send them through: not compared'),
    ...counted(found.repaired, 'were told again'),
  ];
}

function foundLines(found: v.InferOutput<typeof Organizations>) {
  const { compared, recent, missing, differing, traits, examples } = found;
  return [
    `${compared} compared: ${missing} missing, ${differing} with something that differs.`,
    ...(recent === 0
      ? []
      : [`${recent} were told something within the last minutes: not compared.`]),
    ...Object.entries(traits).flatMap(([kind, each]) =>
      line(KINDS[kind] ?? kind, countsText(each)),
    ),
    ...Object.entries(examples).flatMap(([kind, each]) =>
      line(`${kind}, for example`, each.join(' ')),
    ),
  ];
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}.`];
}

function line(name: string, text: string): string[] {
  return text === '' ? [] : [`${name}: ${text}`];
}

function countsText(of: Readonly<Record<string, number>>): string {
  return Object.entries(of)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function plural(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
