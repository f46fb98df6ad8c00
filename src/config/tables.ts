// The configuration's tables: what an event is called, what a price is called, which traits are added. Every row that is
// wrong is reported, each by the name its line begins with in wrangler.toml.

import { snakeCase } from '../person/messages.ts';
import { MOMENT_NAMES } from '../person/moment.ts';
import { BILLING_TRAITS, USER_TRAITS } from '../person/traits.ts';
import { parseJson } from '../platform/json.ts';
import * as v from '../platform/schema.ts';

export const text = v.pipe(
  v.string(),
  v.transform((value) => value.trim()),
);

/** Tables are TOML in wrangler.toml, but text in .dev.vars and --var: both are read. */
function table<Value>(
  row: v.GenericSchema<unknown, Value>,
  nameProblem: (name: string) => string | null,
) {
  return v.optional(
    v.pipe(
      v.unknown(),
      v.transform((input) => {
        if (typeof input !== 'string') return input;
        return input.trim() === '' ? {} : parseJson(input);
      }),
      v.record(v.unknown(), 'expected a table, or JSON text of one'),
      v.rawTransform(({ dataset, addIssue }): Readonly<Record<string, Value>> => {
        const read = Object.entries(dataset.value).flatMap(([name, value]) => {
          const parsed = v.safeParse(row, value);
          const message = nameProblem(name) ?? parsed.issues?.[0].message ?? null;
          if (message !== null) addIssue({ message, path: v.pathTo(name) });
          return parsed.success ? [[name, parsed.output] as const] : [];
        });
        return Object.fromEntries(read);
      }),
    ),
    {},
  );
}

/**
 * Names that Customer.io acts on instead of recording: an event renamed to one would delete people or devices.
 * https://docs.customer.io/integrations/data-in/semantic-events/cio-journeys
 */
const SEMANTIC_EVENTS: ReadonlySet<string> = new Set([
  'user deleted',
  'user suppressed',
  'user unsuppressed',
  'device created or updated',
  'device deleted',
  'object deleted',
  'relationship deleted',
  'report delivery event',
  'report content event',
  'application installed',
  'application opened',
  'application uninstalled',
]);

const EXPECTED_NAME =
  'expected false to drop the event, or its new name: up to 100 characters, and none that Customer.io acts on';

const EventRule = v.union(
  [
    v.literal(false),
    v.pipe(
      v.literal('false'),
      v.transform((): false => false),
    ),
    v.pipe(
      text,
      v.check(({ length }) => length > 0 && length <= 100, EXPECTED_NAME),
      v.check((name) => !SEMANTIC_EVENTS.has(name.toLowerCase()), EXPECTED_NAME),
    ),
  ],
  EXPECTED_NAME,
);

const MOMENTS: ReadonlySet<string> = new Set(MOMENT_NAMES);

/** Moment → the name campaigns use, or false to send none. */
export const events = table<string | false>(EventRule, momentProblem);

const messageId = v.union([
  v.pipe(
    v.integer(),
    v.check((id) => id > 0),
  ),
  v.pipe(text, v.filled()),
]);

/** Vars are booleans in wrangler.toml, but text in .dev.vars and --var: both are read. */
export const flag = v.union(
  [
    v.boolean(),
    v.pipe(
      v.string(),
      v.transform((value) => value.toLowerCase()),
      v.picklist(['true', 'false', '']),
      v.transform((value) => value === 'true'),
    ),
  ],
  'expected true or false',
);

/** As long as it is remembered whom was mailed. */
export const MAIL_EVERY_HOURS_MAX = 168;

const EMAIL_FIELDS = {
  id: messageId,
  send_to_unsubscribed: v.optional(flag, false),
  /** Null: as MAIL_EVERY_HOURS says. */
  every_hours: v.optional(
    v.nullable(
      v.pipe(
        v.integer(),
        v.check((hours) => hours >= 0 && hours <= MAIL_EVERY_HOURS_MAX),
      ),
    ),
    null,
  ),
};

/** The message's number or trigger name, or a table that also says to whom and how often. */
const EmailRule = v.union(
  [
    v.pipe(
      messageId,
      v.transform((id) => ({ id, sendToUnsubscribed: false, everyHours: null })),
    ),
    v.pipe(
      v.record(v.unknown()),
      v.check((rule) => Object.keys(rule).every((name) => Object.hasOwn(EMAIL_FIELDS, name))),
      v.object(EMAIL_FIELDS),
      v.transform((rule) => ({
        id: rule.id,
        sendToUnsubscribed: rule.send_to_unsubscribed,
        everyHours: rule.every_hours,
      })),
    ),
  ],
  `expected the id or trigger name of a transactional message, or { id = ..., send_to_unsubscribed = true, every_hours = 0 to ${MAIL_EVERY_HOURS_MAX} }`,
);

/** Moment → the transactional message it sends. */
export const emails = table(EmailRule, momentProblem);

/** Moment → its event's name at Customer.io; without those that are dropped. */
export function eventNames(
  rules: Readonly<Record<string, string | false>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    MOMENT_NAMES.flatMap((moment) => {
      const name = Object.hasOwn(rules, moment) ? (rules[moment] ?? moment) : moment;
      return name === false ? [] : [[moment, name]];
    }),
  );
}

function momentProblem(name: string): string | null {
  if (MOMENTS.has(name)) return null;
  const similar = MOMENT_NAMES.find((each) => isSimilar(each, name));
  return similar === undefined
    ? 'no event has this name; docs/events.md lists them'
    : `no event has this name; did you mean ${similar}?`;
}

/** Price id, product id or lookup key → plan. */
export const plans = table(v.pipe(text, v.filled('expected the name of a plan')), () => null);

/** Under either case: `current_period_ends_at` is as much ours as `currentPeriodEndsAt`. */
const OUR_TRAITS: ReadonlySet<string> = new Set(
  [...USER_TRAITS, ...BILLING_TRAITS].flatMap((name) => [name, snakeCase(name)]),
);

/**
 * Attributes that Customer.io acts on, and what its Pipelines destination takes for something else than an attribute;
 * without underscores, in lower case. Beside them whatever begins with `_` or `cio_` is its own.
 * https://docs.customer.io/messaging/people/reserved-attributes/
 */
const RESERVED_TRAITS: ReadonlySet<string> = new Set([
  'id',
  'anonymousid',
  'unsubscribed',
  'objectid',
  'objecttypeid',
  'relationshipattributes',
]);

/** Extra trait → where it is in the Clerk user. */
export const traits = table(
  v.pipe(text, v.regex(/^[\w-]+(\.[\w-]+)*$/, 'expected a path such as public_metadata.company')),
  traitProblem,
);

function traitProblem(name: string): string | null {
  if (OUR_TRAITS.has(name)) return 'this trait is ours: give yours another name';
  const isReserved =
    /^(_|cio_)/i.test(name.trim()) ||
    RESERVED_TRAITS.has(name.trim().replaceAll('_', '').toLowerCase());
  return isReserved ? 'Customer.io gives this name a meaning: give yours another name' : null;
}

/** A likely typo: the same letters apart from case, punctuation and doubled ones, or only some of them. */
function isSimilar(name: string, written: string): boolean {
  const [a = '', b = ''] = [name, written].map((each) =>
    each
      .toLowerCase()
      .replaceAll(/[^a-z]/g, '')
      .replaceAll(/(.)\1/g, '$1'),
  );
  return b.length >= 4 && (a.startsWith(b) || b.startsWith(a));
}
