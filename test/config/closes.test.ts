// A wrong value, of every variable there is: what it closes and what it stops. A variable that is new has to be in one list.

import { describe, expect, it } from 'vitest';

import { CLOSES } from '../../src/config/closes.ts';
import { readConfig } from '../../src/config/config.ts';
import type { Config } from '../../src/config/config.ts';
import { Environment } from '../../src/config/environment.ts';

/** Without them events would be read by other rules, or stored where nobody looks. */
const STOPS = [
  'CLIENT_REFERENCE',
  'EVENTS',
  'FREE_PLAN',
  'JURISDICTION',
  'LINK_KEYS',
  'MODE',
  'ON_USER_DELETED',
  'ORGANIZATIONS',
  'ORGANIZATION_LINK_KEYS',
  'ORGANIZATION_OBJECT_TYPE',
  'ORGANIZATION_ROLES',
  'PLANS',
  'SHARDS',
  'STRIPE_ACCOUNT',
  'TRAITS',
  'TRAIT_CASE',
  'UNVERIFIED_EMAIL',
];

/** Nothing is wrong for them. */
const NAMES = ['RELAY_NAME'];

/** All that may be closed, as it is where everything is right. */
const SET = {
  ADMIN_TOKEN: 'an-operator-token-of-length',
  ALERT_WEBHOOK_URL: 'https://alerts.example',
  CLERK_SECRET_KEY: 'clerk',
  STRIPE_SECRET_KEY: 'stripe',
  EMAIL_LOOKUP: true,
  CUSTOMERIO_APP_TOKEN: 'app',
  CUSTOMERIO_TRACK_TOKEN: 'track',
  EMAILS: { trial_ending: 12 },
  LINGER_MS: 7,
  LAG_ALERT_MINUTES: 5,
  SYNC_ROWS_PER_DAY: 7,
  ORGANIZATIONS: 'on',
  ORGANIZATION_FANOUT_MAX: 11,
  JOURNAL_DAYS: 8,
  PARKED_DAYS: 9,
  WAITING_DAYS: 10,
};

/** No variable takes it. */
const WRONG = ['wrong'];

const open = {
  operator: true,
  alerts: true,
  clerk: true,
  stripe: true,
  byEmail: true,
  mails: true,
  messages: true,
  days: [8, 9, 10],
  lingerMs: 7,
  lagAlertMs: 300_000,
  syncRowsPerDay: 7,
  membersMax: 11,
};

function openIn({
  operator,
  lookups,
  customerio,
  outbox,
  waitingDays,
  syncRowsPerDay,
  messages,
}: Config): typeof open {
  return {
    operator: operator.adminToken !== null,
    alerts: operator.alertUrl !== null,
    clerk: lookups.clerk.key !== null,
    stripe: lookups.stripe.key !== null,
    byEmail: lookups.byEmail,
    mails: customerio.appToken !== null,
    messages: customerio.token !== null,
    days: [outbox.journalDays, outbox.parkedDays, waitingDays],
    lingerMs: outbox.lingerMs,
    lagAlertMs: outbox.lagAlertMs,
    syncRowsPerDay,
    membersMax: messages.organizations?.membersMax ?? 0,
  };
}

const CLOSED: Readonly<Record<string, Partial<typeof open>>> = {
  ADMIN_TOKEN: { operator: false },
  ALERT_WEBHOOK_URL: { alerts: false },
  CLERK_SECRET_KEY: { clerk: false },
  CLERK_API_URL: { clerk: false },
  STRIPE_SECRET_KEY: { stripe: false },
  STRIPE_API_URL: { stripe: false },
  EMAIL_LOOKUP: { byEmail: false },
  CUSTOMERIO_APP_TOKEN: { mails: false },
  CUSTOMERIO_APP_URL: { mails: false },
  MAIL_EVERY_HOURS: { mails: false },
  CUSTOMERIO_TRACK_TOKEN: { messages: false },
  CUSTOMERIO_SITE_ID: { messages: false },
  CUSTOMERIO_PIPELINES_URL: { messages: false },
  CUSTOMERIO_REGION: { messages: false, mails: false },
  RATE_LIMIT: { messages: false },
  EMAILS: { messages: false, mails: false },
  LINGER_MS: { lingerMs: 250 },
  LAG_ALERT_MINUTES: { lagAlertMs: 600_000 },
  SYNC_ROWS_PER_DAY: { syncRowsPerDay: 50_000 },
  ORGANIZATION_FANOUT_MAX: { membersMax: 10_000 },
  JOURNAL_DAYS: { days: [365, 9, 10] },
  PARKED_DAYS: { days: [8, 365, 10] },
  WAITING_DAYS: { days: [8, 9, 365] },
};

describe('a variable whose value is wrong', () => {
  it('closes something or stops the intake: every one is in one of the lists', () => {
    const names = Object.keys(Environment.entries).toSorted();
    expect([...Object.keys(CLOSES), ...STOPS, ...NAMES].toSorted()).toEqual(names);
    expect(Object.keys(CLOSED).toSorted()).toEqual(Object.keys(CLOSES).toSorted());
  });

  it.each(Object.entries(CLOSED))('%s closes what needs it, and nothing else', (name, closed) => {
    const result = readConfig({ ...SET, [name]: WRONG });
    if (!result.ok) throw new Error(result.problems.join());
    expect(openIn(result.config)).toEqual({ ...open, ...closed });
    expect(result.config.unusable).toHaveLength(1);
    const [{ problem, until } = { problem: '', until: '' }] = result.config.unusable;
    expect(problem.startsWith(`${name}: `)).toBe(true);
    expect(until).toBe(CLOSES[name]?.until);
  });

  it.each(NAMES)('%s is as if not set', (name) => {
    expect(readConfig({ ...SET, [name]: WRONG })).toEqual(readConfig(SET));
  });

  it.each(STOPS)('%s stops the intake', (name) => {
    const result = readConfig({ ...SET, [name]: WRONG });
    expect(result.ok ? [] : result.problems.map((each) => each.split(/[.:]/)[0])).toEqual([name]);
  });

  it('closes also what only the whole shows to be wrong', () => {
    const EVENTS = { trial_ending: 'Billing', trial_expired: 'Billing' };
    const result = readConfig({ ...SET, LINGER_MS: 'x', EVENTS });
    expect(result).toMatchObject({
      ok: true,
      config: { customerio: { token: null }, unusable: { length: 2 } },
    });
  });
});
