// Environment → Config. What comes in is whatever the bindings hold; what goes out is checked once per isolate, with
// every problem reported at once by name and never by value. No I/O.

import * as z from 'zod';

import { MOMENT_NAMES } from './person/moment.ts';

const PROVIDER_SECRETS = {
  CLERK_WEBHOOK_SIGNING_SECRET: ['CLERK_WEBHOOK_SIGNING_SECRET', 'CLERK_WEBHOOK_SECRET'],
  STRIPE_WEBHOOK_SECRET: ['STRIPE_WEBHOOK_SECRET'],
  STRIPE_SVIX_SIGNING_SECRET: ['STRIPE_SVIX_SIGNING_SECRET'],
} as const;

const text = z.string().trim();
/** An unset secret and an empty one are the same: `wrangler` and shells make empty ones easily. */
const secret = text
  .optional()
  .transform((value) => (value === undefined || value === '' ? null : value));
const url = z.url('expected an http(s) URL').transform((value) => value.replace(/\/+$/, ''));

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

function table<Value extends z.ZodType>(value: Value) {
  return z
    .preprocess(
      (input) => {
        if (typeof input !== 'string') return input;
        return input.trim() === '' ? {} : parsedJson(input);
      },
      z.record(z.string(), value, { error: 'expected a table, or JSON text of one' }),
    )
    .default({});
}

function parsedJson(input: string): unknown {
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

const MOMENTS: ReadonlySet<string> = new Set(MOMENT_NAMES);

const EventRule = z.union(
  [
    z.literal(false),
    z.literal('false').transform((): false => false),
    text.min(1).max(100, 'expected at most 100 characters'),
  ],
  { error: 'expected a new name for the event, or false to drop it' },
);

const Environment = z.object({
  CUSTOMERIO_TRACK_TOKEN: secret,
  CUSTOMERIO_SITE_ID: secret,
  CUSTOMERIO_REGION: z.enum(['us', 'eu'], { error: 'expected "us" or "eu"' }).default('us'),
  CUSTOMERIO_PIPELINES_URL: url.optional(),
  SHARDS: number({ min: 1, max: 64, byDefault: 4 }),
  JURISDICTION: z
    .enum(['', 'eu'], { error: 'expected "eu" or nothing' })
    .default('')
    .transform((value) => (value === '' ? null : value)),
  RATE_LIMIT: number({ min: 1, max: 10_000, byDefault: 100 }),
  LINGER_MS: number({ min: 0, max: 60_000, byDefault: 250 }),
  JOURNAL_DAYS: number({ min: 1, max: 365, byDefault: 7 }),
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
  EVENTS: table(EventRule).superRefine((rules, context) => {
    for (const name of Object.keys(rules).filter((each) => !MOMENTS.has(each))) {
      context.addIssue({ code: 'custom', path: [name], message: 'no event has this name' });
    }
  }),
  PLANS: table(text.min(1, 'expected a plan name')),
  TRAITS: table(
    text.regex(/^[\w-]+(\.[\w-]+)*$/, 'expected a path such as public_metadata.company'),
  ),
});

/** Everything the Worker decides by, checked. Times in the units their names say. */
export type Config = {
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  readonly customerio: {
    readonly baseUrl: string;
    readonly token: string | null;
    readonly siteId: string | null;
  };
  readonly shards: number;
  readonly jurisdiction: 'eu' | null;
  readonly outbox: {
    readonly requestsPerSecond: number;
    readonly lingerMs: number;
    readonly journalDays: number;
  };
  readonly waitingDays: number;
  readonly messages: {
    readonly traitCase: 'camel' | 'snake';
    readonly events: Readonly<Record<string, string | false>>;
    readonly freePlan: string | null;
    readonly onUserDeleted: 'delete' | 'suppress';
  };
  readonly read: {
    readonly plans: Readonly<Record<string, string>>;
    readonly traits: Readonly<Record<string, string>>;
    readonly linkKeys: readonly string[];
    readonly mode: 'live' | 'test' | 'both';
  };
};

export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  /** `NAME: what was expected`, one for every value that is wrong. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** A value that is wrong, found where no caller can be told. Names and expectations only. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
  }
}

export function readConfig(env: Readonly<Record<string, unknown>>): ConfigResult {
  const result = Environment.safeParse(env);
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `${issue.path.map(String).join('.')}: ${issue.message}`,
    );
    return { ok: false, problems };
  }
  return { ok: true, config: configOf(result.data, env) };
}

function configOf(
  vars: z.infer<typeof Environment>,
  env: Readonly<Record<string, unknown>>,
): Config {
  const host = vars.CUSTOMERIO_REGION === 'eu' ? 'cdp-eu' : 'cdp';
  return {
    secrets: Object.fromEntries(
      Object.entries(PROVIDER_SECRETS).map(([name, names]) => [name, secretsOf(env, names)]),
    ),
    customerio: {
      baseUrl: vars.CUSTOMERIO_PIPELINES_URL ?? `https://${host}.customer.io/v1`,
      token: vars.CUSTOMERIO_TRACK_TOKEN,
      siteId: vars.CUSTOMERIO_SITE_ID,
    },
    shards: vars.SHARDS,
    jurisdiction: vars.JURISDICTION,
    outbox: {
      requestsPerSecond: vars.RATE_LIMIT / vars.SHARDS,
      lingerMs: vars.LINGER_MS,
      journalDays: vars.JOURNAL_DAYS,
    },
    waitingDays: vars.WAITING_DAYS,
    messages: {
      traitCase: vars.TRAIT_CASE,
      events: vars.EVENTS,
      freePlan: vars.FREE_PLAN,
      onUserDeleted: vars.ON_USER_DELETED,
    },
    read: {
      plans: vars.PLANS,
      traits: vars.TRAITS,
      linkKeys: vars.LINK_KEYS,
      mode: vars.MODE,
    },
  };
}

/** Every secret under any of its names; a list separated by commas because rotation needs two. */
function secretsOf(
  env: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly string[] {
  return names.flatMap((name) => {
    const value = env[name];
    return typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== '')
      : [];
  });
}
