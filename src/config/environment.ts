// What may stand in the environment: one row for every name, with what it is when nobody sets it and what to say when
// it is wrong. The secrets of providers are declared by each of them (intake/provider.ts).

import { MEMBER_TRAITS } from '../person/membership.ts';
import { snakeCase } from '../person/messages.ts';
import { listIn } from '../platform/list.ts';
import * as v from '../platform/schema.ts';
import {
  emails,
  eventNames,
  events,
  flag,
  MAIL_EVERY_HOURS_MAX,
  plans,
  text,
  traits,
} from './tables.ts';

/** An unset secret and an empty one are the same: `wrangler` and shells make empty ones easily. Two are a rotation. */
const secret = v.pipe(
  v.optional(text),
  v.transform((value) => (value === undefined || value === '' ? null : value)),
);
const EXPECTED_URL = 'expected an https URL without a password; http on this machine alone';

/** What is sent there are people and keys, so nobody on the way may read it. A URL with a password is asked by no fetch. */
const url = v.pipe(
  v.string(EXPECTED_URL),
  v.transform((value) => value.trim()),
  v.check(isSafe, EXPECTED_URL),
  v.transform((value) => (value.endsWith('/') ? value.slice(0, -1) : value)),
);

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Nobody on the way reads it: https, or this machine itself. */
export function isSafe(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
  return isPrivate && `${username}${password}` === '';
}

/** Any text will do: nothing is closed for it. */
function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

/** Vars are numbers and tables in wrangler.toml, but text in .dev.vars and --var: both are read. */
function number(range: { readonly min: number; readonly max: number }) {
  const expected = `expected a whole number from ${range.min} to ${range.max}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) =>
      typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
    ),
    v.integer(expected),
    v.check((value) => value >= range.min && value <= range.max, expected),
  );
}

/** One at least. */
function listed(usual: string, expected: string) {
  const error = `expected ${expected} separated by spaces or commas`;
  return v.pipe(
    v.optional(v.string(error), usual),
    v.transform(listOf),
    v.check((values) => values.length > 0, error),
  );
}

/** One of these words; the first is meant where nothing is set. */
function word<const Word extends string>(...words: readonly [Word, ...Word[]]) {
  const named = words.map((each) => (each === '' ? 'nothing' : `"${each}"`));
  return v.optional(v.picklist(words, `expected ${named.join(' or ')}`), words[0]);
}

function listOf(value: string): string[] {
  return value.split(/[\s,]+/).filter((each) => each !== '');
}

const Shape = v.object({
  CUSTOMERIO_TRACK_TOKEN: secret,
  CUSTOMERIO_SITE_ID: secret,
  CUSTOMERIO_REGION: word('us', 'eu'),
  CUSTOMERIO_PIPELINES_URL: v.optional(url),
  CUSTOMERIO_APP_TOKEN: secret,
  CUSTOMERIO_APP_URL: v.optional(url),
  CLERK_SECRET_KEY: secret,
  CLERK_API_URL: v.optional(url),
  STRIPE_SECRET_KEY: secret,
  STRIPE_API_URL: v.optional(url),
  EMAIL_LOOKUP: v.optional(flag, false),
  CLIENT_REFERENCE: word('confirm', 'trust', 'off'),
  STRIPE_ACCOUNT: v.pipe(
    secret,
    v.check(
      (value) => value === null || /^acct_[A-Za-z0-9]+$/.test(value),
      'expected an account id, acct_...',
    ),
  ),
  UNVERIFIED_EMAIL: v.optional(flag, false),
  ADMIN_TOKEN: v.pipe(
    secret,
    v.check(
      (value) => value === null || listIn(value).every(({ length }) => length >= 24),
      'expected at least 24 characters',
    ),
  ),
  RELAY_NAME: v.pipe(v.unknown(), v.transform(nameOf)),
  ALERT_WEBHOOK_URL: v.pipe(
    v.optional(
      v.union(
        [
          v.pipe(
            v.literal(''),
            v.transform(() => null),
          ),
          url,
        ],
        EXPECTED_URL,
      ),
    ),
    v.transform((value) => value ?? null),
  ),
  /** Null: nobody has chosen. */
  SHARDS: v.optional(v.nullable(number({ min: 1, max: 64 })), null),
  JURISDICTION: v.pipe(
    word('', 'eu'),
    v.transform((value) => (value === '' ? null : value)),
  ),
  RATE_LIMIT: v.optional(number({ min: 1, max: 10_000 }), 100),
  LINGER_MS: v.optional(number({ min: 0, max: 60_000 }), 250),
  JOURNAL_DAYS: v.optional(number({ min: 1, max: 365 }), 7),
  LAG_ALERT_MINUTES: v.optional(number({ min: 1, max: 1440 }), 10),
  PARKED_DAYS: v.optional(number({ min: 1, max: 365 }), 30),
  WAITING_DAYS: v.optional(number({ min: 1, max: 365 }), 30),
  SYNC_ROWS_PER_DAY: v.optional(number({ min: 0, max: 100_000_000 }), 50_000),
  MAIL_EVERY_HOURS: v.optional(number({ min: 0, max: MAIL_EVERY_HOURS_MAX }), 24),
  TRAIT_CASE: word('camel', 'snake'),
  ON_USER_DELETED: word('delete', 'suppress'),
  FREE_PLAN: secret,
  MODE: v.pipe(
    word('both', 'live', 'test', ''),
    v.transform((value) => (value === '' ? 'both' : value)),
  ),
  LINK_KEYS: v.pipe(
    v.optional(
      v.string('expected metadata keys separated by spaces or commas'),
      'clerkUserId clerk_user_id clerkId clerk_id userId user_id',
    ),
    v.transform(listOf),
  ),
  ORGANIZATIONS: word('off', 'on', ''),
  /** 0: none. */
  ORGANIZATION_OBJECT_TYPE: v.optional(
    v.union(
      [
        v.pipe(
          v.literal(''),
          v.transform(() => 0),
        ),
        number({ min: 1, max: 1000 }),
      ],
      'expected the id of an object type, a whole number from 1 to 1000, or nothing',
    ),
    '',
  ),
  ORGANIZATION_ROLES: listed('org:admin', 'roles of Clerk such as org:admin'),
  ORGANIZATION_LINK_KEYS: listed(
    'clerkOrgId clerk_org_id organizationId organization_id orgId org_id referenceId',
    'metadata keys',
  ),
  ORGANIZATION_FANOUT_MAX: v.optional(number({ min: 0, max: 1_000_000 }), 10_000),
  EVENTS: events,
  EMAILS: emails,
  PLANS: plans,
  TRAITS: traits,
});

/** A mail is sent by the name its event has when it lands, so that name has to tell the moment. */
export const Environment = v.pipe(
  Shape,
  v.rawTransform(({ dataset, addIssue }) => {
    const { EVENTS, EMAILS, ORGANIZATIONS, TRAITS } = dataset.value;
    const taken = ORGANIZATIONS === 'on' ? Object.keys(TRAITS).filter(isOfMembers) : [];
    for (const name of taken) {
      const message = 'with ORGANIZATIONS on this trait is ours: give yours another name';
      addIssue({ message, path: v.pathTo('TRAITS', name) });
    }
    const names = Object.entries(eventNames(EVENTS));
    for (const moment of Object.keys(EMAILS)) {
      const event = names.find(([name]) => name === moment)?.[1];
      const twin = names.find(([name, other]) => name !== moment && other === event);
      if (event === undefined || twin === undefined) continue;
      const message = `has the same event name as ${twin[0]}: give them different ones in EVENTS`;
      addIssue({ message, path: v.pathTo('EMAILS', moment) });
    }
    return dataset.value;
  }),
);

function isOfMembers(name: string): boolean {
  return MEMBER_TRAITS.some((each) => each === name || snakeCase(each) === name);
}
