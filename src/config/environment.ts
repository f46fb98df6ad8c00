// What may stand in the environment: one row for every name, with what it is when nobody sets it and what to say when
// it is wrong. The secrets of providers are declared by each of them (intake/provider.ts).

import * as z from 'zod';

import { emails, eventNames, events, plans, traits } from './tables.ts';

const text = z.string().trim();
/** An unset secret and an empty one are the same: `wrangler` and shells make empty ones easily. */
const secret = text
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : value));
const url = z.url('expected an http(s) URL').transform((value) => value.replace(/\/+$/, ''));

const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false', ''] })], {
    error: 'expected true or false',
  })
  .default(false);

/** Vars are numbers and tables in wrangler.toml, but text in .dev.vars and --var: both are read. */
function number(range: { readonly min: number; readonly max: number; readonly byDefault: number }) {
  const expected = `expected a whole number from ${range.min} to ${range.max}`;
  return z
    .preprocess(
      (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
      z.int({ error: expected }).min(range.min, expected).max(range.max, expected),
    )
    .default(range.byDefault);
}

const Shape = z.object({
  CUSTOMERIO_TRACK_TOKEN: secret,
  CUSTOMERIO_SITE_ID: secret,
  CUSTOMERIO_REGION: z.enum(['us', 'eu'], { error: 'expected "us" or "eu"' }).default('us'),
  CUSTOMERIO_PIPELINES_URL: url.optional(),
  CUSTOMERIO_APP_TOKEN: secret,
  CUSTOMERIO_APP_URL: url.optional(),
  CLERK_SECRET_KEY: secret,
  CLERK_API_URL: url.optional(),
  STRIPE_SECRET_KEY: secret,
  STRIPE_API_URL: url.optional(),
  EMAIL_LOOKUP: flag,
  ADMIN_TOKEN: secret.refine((value) => value === null || value.length >= 24, {
    error: 'expected at least 24 characters',
  }),
  ALERT_WEBHOOK_URL: z
    .union([z.literal('').transform(() => null), url], {
      error: 'expected an http(s) URL',
    })
    .optional()
    .transform((value) => value ?? null),
  SHARDS: number({ min: 1, max: 64, byDefault: 4 }),
  JURISDICTION: z
    .enum(['', 'eu'], { error: 'expected "eu" or nothing' })
    .default('')
    .transform((value) => (value === '' ? null : value)),
  RATE_LIMIT: number({ min: 1, max: 10_000, byDefault: 100 }),
  LINGER_MS: number({ min: 0, max: 60_000, byDefault: 250 }),
  JOURNAL_DAYS: number({ min: 1, max: 365, byDefault: 7 }),
  PARKED_DAYS: number({ min: 1, max: 365, byDefault: 30 }),
  WAITING_DAYS: number({ min: 1, max: 365, byDefault: 30 }),
  TRAIT_CASE: z.enum(['camel', 'snake'], { error: 'expected "camel" or "snake"' }).default('camel'),
  ON_USER_DELETED: z
    .enum(['delete', 'suppress'], { error: 'expected "delete" or "suppress"' })
    .default('delete'),
  FREE_PLAN: secret,
  MODE: z
    .enum(['', 'both', 'live', 'test'], { error: 'expected "live", "test" or nothing' })
    .default('both')
    .transform((value) => (value === '' ? 'both' : value)),
  LINK_KEYS: z
    .string({ error: 'expected metadata keys separated by spaces or commas' })
    .default('clerkUserId clerk_user_id clerkId clerk_id userId user_id')
    .transform((value) => value.split(/[\s,]+/).filter((key) => key !== '')),
  EVENTS: events,
  EMAILS: emails,
  PLANS: plans,
  TRAITS: traits,
});

/** A mail is sent by the name its event has when it lands, so that name has to tell the moment. */
export const Environment = Shape.superRefine(({ EVENTS, EMAILS }, context) => {
  const names = Object.entries(eventNames(EVENTS));
  for (const moment of Object.keys(EMAILS)) {
    const event = names.find(([name]) => name === moment)?.[1];
    const twin = names.find(([name, other]) => name !== moment && other === event);
    if (event === undefined || twin === undefined) continue;
    const message = `has the same event name as ${twin[0]}: give them different ones in EVENTS`;
    context.addIssue({ code: 'custom', path: ['EMAILS', moment], message });
  }
});
