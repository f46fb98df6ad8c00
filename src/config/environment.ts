// What may stand in the environment: one row for every name, with what it is when nobody sets it and what to say when
// it is wrong. The secrets of providers are declared by each of them (intake/provider.ts).

import * as z from 'zod/mini';

import { MEMBER_TRAITS } from '../person/membership.ts';
import { snakeCase } from '../person/messages.ts';
import { listIn } from '../platform/list.ts';
import { emails, eventNames, events, MAIL_EVERY_HOURS_MAX, plans, traits } from './tables.ts';

const text = z.string().check(z.trim());
/** An unset secret and an empty one are the same: `wrangler` and shells make empty ones easily. Two are a rotation. */
const secret = z.pipe(
  z.optional(text),
  z.transform((value) => (value === undefined || value === '' ? null : value)),
);
const EXPECTED_URL = 'expected an https URL without a password; http on this machine alone';

/** What is sent there are people and keys, so nobody on the way may read it. A URL with a password is asked by no fetch. */
const url = z.pipe(
  z.string(EXPECTED_URL).check(z.trim(), z.refine(isSafe, EXPECTED_URL)),
  z.transform((value) => (value.endsWith('/') ? value.slice(0, -1) : value)),
);

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

function isSafe(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
  return isPrivate && `${username}${password}` === '';
}

/** Any text will do: nothing is closed for it. */
function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

const flag = z._default(
  z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false', ''] })], {
    error: 'expected true or false',
  }),
  false,
);

/** Vars are numbers and tables in wrangler.toml, but text in .dev.vars and --var: both are read. */
function number(range: { readonly min: number; readonly max: number }) {
  const expected = `expected a whole number from ${range.min} to ${range.max}`;
  return z.pipe(
    z.transform((value: unknown) =>
      typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
    ),
    z.int({ error: expected }).check(z.gte(range.min, expected), z.lte(range.max, expected)),
  );
}

/** One at least. */
function listed(usual: string, expected: string) {
  const error = `expected ${expected} separated by spaces or commas`;
  return z.pipe(
    z.pipe(z._default(z.string({ error }), usual), z.transform(listOf)),
    z.array(z.string()).check(z.minLength(1, error)),
  );
}

function listOf(value: string): string[] {
  return value.split(/[\s,]+/).filter((each) => each !== '');
}

const Shape = z.object({
  CUSTOMERIO_TRACK_TOKEN: secret,
  CUSTOMERIO_SITE_ID: secret,
  CUSTOMERIO_REGION: z._default(z.enum(['us', 'eu'], { error: 'expected "us" or "eu"' }), 'us'),
  CUSTOMERIO_PIPELINES_URL: z.optional(url),
  CUSTOMERIO_APP_TOKEN: secret,
  CUSTOMERIO_APP_URL: z.optional(url),
  CLERK_SECRET_KEY: secret,
  CLERK_API_URL: z.optional(url),
  STRIPE_SECRET_KEY: secret,
  STRIPE_API_URL: z.optional(url),
  EMAIL_LOOKUP: flag,
  CLIENT_REFERENCE: z._default(
    z.enum(['confirm', 'trust', 'off'], { error: 'expected "confirm", "trust" or "off"' }),
    'confirm',
  ),
  STRIPE_ACCOUNT: secret.check(
    z.refine((value) => value === null || /^acct_[A-Za-z0-9]+$/.test(value), {
      error: 'expected an account id, acct_...',
    }),
  ),
  UNVERIFIED_EMAIL: flag,
  ADMIN_TOKEN: secret.check(
    z.refine((value) => value === null || listIn(value).every(({ length }) => length >= 24), {
      error: 'expected at least 24 characters',
    }),
  ),
  RELAY_NAME: z.transform(nameOf),
  ALERT_WEBHOOK_URL: z.pipe(
    z.optional(
      z.union(
        [
          z.pipe(
            z.literal(''),
            z.transform(() => null),
          ),
          url,
        ],
        { error: EXPECTED_URL },
      ),
    ),
    z.transform((value) => value ?? null),
  ),
  /** Null: nobody has chosen. */
  SHARDS: z._default(z.nullable(number({ min: 1, max: 64 })), null),
  JURISDICTION: z.pipe(
    z._default(z.enum(['', 'eu'], { error: 'expected "eu" or nothing' }), ''),
    z.transform((value) => (value === '' ? null : value)),
  ),
  RATE_LIMIT: z._default(number({ min: 1, max: 10_000 }), 100),
  LINGER_MS: z._default(number({ min: 0, max: 60_000 }), 250),
  JOURNAL_DAYS: z._default(number({ min: 1, max: 365 }), 7),
  LAG_ALERT_MINUTES: z._default(number({ min: 1, max: 1440 }), 10),
  PARKED_DAYS: z._default(number({ min: 1, max: 365 }), 30),
  WAITING_DAYS: z._default(number({ min: 1, max: 365 }), 30),
  SYNC_ROWS_PER_DAY: z._default(number({ min: 0, max: 100_000_000 }), 50_000),
  MAIL_EVERY_HOURS: z._default(number({ min: 0, max: MAIL_EVERY_HOURS_MAX }), 24),
  TRAIT_CASE: z._default(
    z.enum(['camel', 'snake'], { error: 'expected "camel" or "snake"' }),
    'camel',
  ),
  ON_USER_DELETED: z._default(
    z.enum(['delete', 'suppress'], { error: 'expected "delete" or "suppress"' }),
    'delete',
  ),
  FREE_PLAN: secret,
  MODE: z.pipe(
    z._default(
      z.enum(['', 'both', 'live', 'test'], { error: 'expected "live", "test" or nothing' }),
      'both',
    ),
    z.transform((value) => (value === '' ? 'both' : value)),
  ),
  LINK_KEYS: z.pipe(
    z._default(
      z.string({ error: 'expected metadata keys separated by spaces or commas' }),
      'clerkUserId clerk_user_id clerkId clerk_id userId user_id',
    ),
    z.transform(listOf),
  ),
  ORGANIZATIONS: z._default(z.enum(['', 'off', 'on'], { error: 'expected "on" or "off"' }), 'off'),
  /** 0: none. */
  ORGANIZATION_OBJECT_TYPE: z._default(
    z.union(
      [
        z.pipe(
          z.literal(''),
          z.transform(() => 0),
        ),
        number({ min: 1, max: 1000 }),
      ],
      {
        error: 'expected the id of an object type, a whole number from 1 to 1000, or nothing',
      },
    ),
    0,
  ),
  ORGANIZATION_ROLES: listed('org:admin', 'roles of Clerk such as org:admin'),
  ORGANIZATION_LINK_KEYS: listed(
    'clerkOrgId clerk_org_id organizationId organization_id orgId org_id referenceId',
    'metadata keys',
  ),
  ORGANIZATION_FANOUT_MAX: z._default(number({ min: 0, max: 1_000_000 }), 10_000),
  EVENTS: events,
  EMAILS: emails,
  PLANS: plans,
  TRAITS: traits,
});

/** A mail is sent by the name its event has when it lands, so that name has to tell the moment. */
export const Environment = Shape.check(
  z.superRefine(({ EVENTS, EMAILS, ORGANIZATIONS, TRAITS }, context) => {
    const taken = ORGANIZATIONS === 'on' ? Object.keys(TRAITS).filter(isOfMembers) : [];
    for (const name of taken) {
      const message = 'with ORGANIZATIONS on this trait is ours: give yours another name';
      context.addIssue({ code: 'custom', path: ['TRAITS', name], message });
    }
    const names = Object.entries(eventNames(EVENTS));
    for (const moment of Object.keys(EMAILS)) {
      const event = names.find(([name]) => name === moment)?.[1];
      const twin = names.find(([name, other]) => name !== moment && other === event);
      if (event === undefined || twin === undefined) continue;
      const message = `has the same event name as ${twin[0]}: give them different ones in EVENTS`;
      context.addIssue({ code: 'custom', path: ['EMAILS', moment], message });
    }
  }),
);

function isOfMembers(name: string): boolean {
  return MEMBER_TRAITS.some((each) => each === name || snakeCase(each) === name);
}
