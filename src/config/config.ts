// Environment → Config. What comes in is whatever the bindings hold; what goes out is checked once per isolate, with
// every problem reported at once by name and never by value. The secrets of providers are not in it: each provider
// declares its own (intake/provider.ts). No I/O.

import type { ReadOptions } from '../intake/provider.ts';
import type { MessageOptions } from '../person/messages.ts';
import * as v from '../platform/schema.ts';
import type { Layout, Location } from '../platform/shards.ts';
import { HOUR_MS } from '../platform/time.ts';
import { CLOSES } from './closes.ts';
import { Environment } from './environment.ts';
import { eventNames } from './tables.ts';

/** The App API takes ten requests a second, over all shards. */
const EMAILS_PER_SECOND = 10;

/** Enough for 100 webhooks a second for ever, by what they store: src/README.md, How it grows. */
const SHARDS_BY_DEFAULT = 16;

/** Everything the Worker decides by, checked. Times in the units their names say. A key may be two: apis/keys.ts. */
export type Config = {
  readonly customerio: {
    readonly baseUrl: string;
    readonly token: string | null;
    readonly siteId: string | null;
    readonly appUrl: string;
    readonly appToken: string | null;
  };
  /** The providers' own APIs, for look-ups; without a key none are made. */
  readonly lookups: {
    readonly stripe: { readonly baseUrl: string; readonly key: string | null };
    readonly clerk: { readonly baseUrl: string; readonly key: string | null };
    /** A Clerk user may be found by the Stripe customer's email. */
    readonly byEmail: boolean;
  };
  /** Null: the operator's routes do not exist, alerts are not sent. */
  readonly operator: {
    readonly adminToken: string | null;
    readonly alertUrl: string | null;
    /** Which relay an alert is of, in the operator's words. */
    readonly name: string | null;
  };
  readonly shards: number;
  readonly jurisdiction: 'eu' | null;
  /** Where objects are made. */
  readonly location: Location;
  /** What of the layout is set; for what is not, what is stored is followed. */
  readonly chosen: Partial<Layout>;
  readonly outbox: {
    readonly requestsPerSecond: number;
    readonly lingerMs: number;
    readonly journalDays: number;
    /** How long a webhook is kept that could not be read. */
    readonly parkedDays: number;
    /** Older than this, what has not landed fails health and is told. */
    readonly lagAlertMs: number;
  };
  readonly emails: {
    /** By the name the event has at Customer.io: a mail goes out once its track has landed. */
    readonly rules: Readonly<Record<string, EmailRule>>;
    readonly requestsPerSecond: number;
  };
  /** Rows that jobs may write in a day (UTC); 0: as many as they like. */
  readonly syncRowsPerDay: number;
  readonly waitingDays: number;
  readonly messages: MessageOptions;
  readonly read: ReadOptions;
  /** Optional values that are wrong: what needs them is closed, and everything else goes on. */
  readonly unusable: readonly Unusable[];
};

/** `problem` as below; `until`: what is so until it is corrected. */
type Unusable = { readonly problem: string; readonly until: string };

/** Which transactional message a moment sends. */
export type EmailRule = {
  readonly id: string | number;
  readonly sendToUnsubscribed: boolean;
  /** One person gets one mail of the event's name in this time; 0: one for every event. */
  readonly everyMs: number;
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

/** The configuration of the isolate: the request path does no configuration work. */
export const isolateConfig = oncePerIsolate(readConfig);

/** Reads something of the environment once for each environment, and keeps it. */
export function oncePerIsolate<Value>(
  read: (env: Readonly<Record<string, unknown>>) => Value,
): (env: object) => Value {
  const known = new WeakMap<object, { readonly value: Value }>();
  return (env) => {
    const kept = known.get(env) ?? { value: read({ ...env }) };
    known.set(env, kept);
    return kept.value;
  };
}

export function readConfig(env: Readonly<Record<string, unknown>>): ConfigResult {
  const result = v.safeParse(Environment, env);
  if (result.success) return { ok: true, config: configOf(result.output) };
  const problems = result.issues.map((issue) => {
    const path = v.pathOf(issue);
    const closing = CLOSES[path[0] ?? ''] ?? null;
    return { problem: `${path.join('.')}: ${issue.message}`, closing };
  });
  const told = problems.map(({ problem }) => problem);
  const closings = problems.flatMap(({ closing }) => closing ?? []);
  if (closings.length < problems.length) return { ok: false, problems: told };
  // Read once more: what stands on the whole is looked at only where each value is right.
  const rest = readConfig(Object.assign({ ...env }, ...closings.map((each) => each.as)));
  if (!rest.ok) return { ok: false, problems: [...told, ...rest.problems] };
  const unusable = problems.flatMap(({ problem, closing }) =>
    closing === null ? [] : [{ problem, until: closing.until }],
  );
  return {
    ok: true,
    config: { ...rest.config, unusable: [...unusable, ...rest.config.unusable] },
  };
}

/** The operator's token by itself: they may ask what is wrong also where something else is. */
export function adminTokenIn(env: object): string | null {
  const value: unknown = Reflect.get(env, 'ADMIN_TOKEN');
  const token = v.safeParse(Environment.entries.ADMIN_TOKEN, value);
  return token.success ? token.output : null;
}

/** The same under another layout: a shard's share of a rate is another one. */
export function underLayout(config: Config, { shards, jurisdiction }: Layout): Config {
  const shared = <Shared extends { readonly requestsPerSecond: number }>(share: Shared) => ({
    ...share,
    requestsPerSecond: (share.requestsPerSecond * config.shards) / shards,
  });
  const { outbox, emails } = config;
  return { ...config, shards, jurisdiction, outbox: shared(outbox), emails: shared(emails) };
}

function configOf(vars: v.InferOutput<typeof Environment>): Config {
  const shards = vars.SHARDS ?? SHARDS_BY_DEFAULT;
  const suffix = vars.CUSTOMERIO_REGION === 'eu' ? '-eu' : '';
  return {
    customerio: {
      baseUrl: vars.CUSTOMERIO_PIPELINES_URL ?? `https://cdp${suffix}.customer.io/v1`,
      token: vars.CUSTOMERIO_TRACK_TOKEN,
      siteId: vars.CUSTOMERIO_SITE_ID,
      appUrl: vars.CUSTOMERIO_APP_URL ?? `https://api${suffix}.customer.io/v1`,
      appToken: vars.CUSTOMERIO_APP_TOKEN,
    },
    lookups: {
      stripe: {
        baseUrl: vars.STRIPE_API_URL ?? 'https://api.stripe.com',
        key: vars.STRIPE_SECRET_KEY,
      },
      clerk: { baseUrl: vars.CLERK_API_URL ?? 'https://api.clerk.com', key: vars.CLERK_SECRET_KEY },
      byEmail: vars.EMAIL_LOOKUP,
    },
    operator: {
      adminToken: vars.ADMIN_TOKEN,
      alertUrl: vars.ALERT_WEBHOOK_URL,
      name: vars.RELAY_NAME,
    },
    shards,
    jurisdiction: vars.JURISDICTION,
    location: vars.CUSTOMERIO_REGION === 'eu' ? 'weur' : 'enam',
    chosen: {
      ...(vars.SHARDS !== null && { shards: vars.SHARDS }),
      ...(vars.JURISDICTION !== null && { jurisdiction: vars.JURISDICTION }),
    },
    outbox: {
      requestsPerSecond: vars.RATE_LIMIT / shards,
      lingerMs: vars.LINGER_MS,
      journalDays: vars.JOURNAL_DAYS,
      parkedDays: vars.PARKED_DAYS,
      lagAlertMs: vars.LAG_ALERT_MINUTES * 60_000,
    },
    emails: { rules: emailRules(vars), requestsPerSecond: EMAILS_PER_SECOND / shards },
    syncRowsPerDay: vars.SYNC_ROWS_PER_DAY,
    waitingDays: vars.WAITING_DAYS,
    ...mappingOf(vars),
    unusable: [],
  };
}

/** What decides how events are read, and what becomes of them. */
function mappingOf(vars: v.InferOutput<typeof Environment>): Pick<Config, 'messages' | 'read'> {
  const isOn = vars.ORGANIZATIONS === 'on';
  return {
    messages: {
      traitCase: vars.TRAIT_CASE,
      events: vars.EVENTS,
      freePlan: vars.FREE_PLAN,
      mapping: { plans: vars.PLANS, traits: vars.TRAITS },
      onUserDeleted: vars.ON_USER_DELETED,
      ...(isOn && {
        organizations: {
          objectType: vars.ORGANIZATION_OBJECT_TYPE || null,
          roles: vars.ORGANIZATION_ROLES,
          membersMax: vars.ORGANIZATION_FANOUT_MAX,
        },
      }),
    },
    read: {
      plans: vars.PLANS,
      traits: vars.TRAITS,
      unverifiedEmail: vars.UNVERIFIED_EMAIL,
      linkKeys: vars.LINK_KEYS,
      ...(isOn && { organizationKeys: vars.ORGANIZATION_LINK_KEYS }),
      mode: vars.MODE,
      clientReference: vars.CLIENT_REFERENCE,
      account: vars.STRIPE_ACCOUNT,
    },
  };
}

/** A moment that is dropped never lands, so it mails nothing. */
function emailRules(vars: v.InferOutput<typeof Environment>): Record<string, EmailRule> {
  const names = eventNames(vars.EVENTS);
  return Object.fromEntries(
    Object.entries(vars.EMAILS).flatMap(([moment, rule]) => {
      const event = names[moment];
      const { id, sendToUnsubscribed, everyHours } = rule;
      const everyMs = (everyHours ?? vars.MAIL_EVERY_HOURS) * HOUR_MS;
      return event === undefined ? [] : [[event, { id, sendToUnsubscribed, everyMs }]];
    }),
  );
}
