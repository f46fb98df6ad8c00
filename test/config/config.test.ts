// Environment → Config: defaults, what is read from text, and every problem at once.

import { describe, expect, it } from 'vitest';

import { readConfig, underLayout } from '../../src/config/config.ts';

function config(env: Record<string, unknown>) {
  const result = readConfig(env);
  if (!result.ok) throw new Error(result.problems.join('; '));
  return result.config;
}

describe('readConfig', () => {
  it('is complete with nothing set', () => {
    expect(config({})).toEqual({
      customerio: {
        baseUrl: 'https://cdp.customer.io/v1',
        token: null,
        siteId: null,
        appUrl: 'https://api.customer.io/v1',
        appToken: null,
      },
      lookups: {
        stripe: { baseUrl: 'https://api.stripe.com', key: null },
        clerk: { baseUrl: 'https://api.clerk.com', key: null },
        byEmail: false,
      },
      operator: { adminToken: null, alertUrl: null, name: null },
      shards: 16,
      jurisdiction: null,
      location: 'enam',
      chosen: {},
      outbox: {
        requestsPerSecond: 6.25,
        lagAlertMs: 600_000,
        lingerMs: 250,
        journalDays: 7,
        parkedDays: 30,
      },
      emails: { rules: {}, requestsPerSecond: 0.625 },
      syncRowsPerDay: 50_000,
      waitingDays: 30,
      messages: {
        traitCase: 'camel',
        events: {},
        freePlan: null,
        mapping: { plans: {}, traits: {} },
        onUserDeleted: 'delete',
      },
      read: {
        plans: {},
        traits: {},
        unverifiedEmail: false,
        linkKeys: ['clerkUserId', 'clerk_user_id', 'clerkId', 'clerk_id', 'userId', 'user_id'],
        mode: 'both',
        clientReference: 'confirm',
        account: null,
      },
      unusable: [],
    });
  });

  it('reads numbers and tables from the text of .dev.vars', () => {
    const result = config({ SHARDS: '8', EVENTS: '{"plan_upgraded":"Plan Upgraded"}', PLANS: '' });
    expect(result.shards).toBe(8);
    expect(result.messages.events).toEqual({ plan_upgraded: 'Plan Upgraded' });
    expect(result.read.plans).toEqual({});
  });

  it('drops an event by false, as a value or as text', () => {
    const { messages } = config({ EVENTS: { user_created: false, seats_changed: 'false' } });
    expect(messages.events).toEqual({ user_created: false, seats_changed: false });
  });

  it('knows the region’s host, and an address that replaces it', () => {
    expect(config({ CUSTOMERIO_REGION: 'eu' }).customerio.baseUrl).toBe(
      'https://cdp-eu.customer.io/v1',
    );
    const replaced = config({ CUSTOMERIO_PIPELINES_URL: 'http://127.0.0.1:9/v1/' });
    expect(replaced.customerio.baseUrl).toBe('http://127.0.0.1:9/v1');
  });

  it('reports every problem at once, by name and never by value', () => {
    const result = readConfig({
      SHARDS: '65',
      RATE_LIMIT: 'quick',
      CUSTOMERIO_REGION: 'mars',
      EVENTS: { plan_upgrade: 'x', plan_upgraded: 7 },
      TRAITS: 'not a table',
    });
    expect(result).toEqual({
      ok: false,
      problems: [
        'CUSTOMERIO_REGION: expected "us" or "eu"',
        'SHARDS: expected a whole number from 1 to 64',
        'RATE_LIMIT: expected a whole number from 1 to 10000',
        'EVENTS.plan_upgrade: no event has this name; did you mean plan_upgraded?',
        'EVENTS.plan_upgraded: expected false to drop the event, or its new name: up to 100 characters, and none that Customer.io acts on',
        'TRAITS: expected a table, or JSON text of one',
      ],
    });
  });

  it.each([
    'http://elsewhere.example/v1',
    'https://name:a-password@cdp.customer.io/v1',
    'https://token@cdp.customer.io/v1',
    'http://127.0.0.1.elsewhere.example',
    'ftp://127.0.0.1',
    'javascript:alert(1)',
    'not a url',
  ])('sends nothing to %s: its key is as if not set, and the value is not repeated', (url) => {
    const { customerio, lookups, operator, unusable } = config({
      CUSTOMERIO_PIPELINES_URL: url,
      CUSTOMERIO_TRACK_TOKEN: 'track',
      CUSTOMERIO_APP_URL: url,
      CUSTOMERIO_APP_TOKEN: 'app',
      STRIPE_API_URL: url,
      STRIPE_SECRET_KEY: 'stripe',
      CLERK_API_URL: url,
      CLERK_SECRET_KEY: 'clerk',
      ALERT_WEBHOOK_URL: url,
    });
    expect([customerio.token, customerio.appToken]).toEqual([null, null]);
    expect([lookups.stripe.key, lookups.clerk.key, operator.alertUrl]).toEqual([null, null, null]);
    expect(unusable.length).toBe(5);
    expect(JSON.stringify(unusable)).not.toContain(url);
    expect(unusable[0]?.problem).toMatch(/^CUSTOMERIO_PIPELINES_URL: expected an https URL/);
  });

  it('goes on without the operator where their token is too short, or one of two is', () => {
    for (const ADMIN_TOKEN of ['short', `${'long'.repeat(6)},short`]) {
      const { operator, unusable } = config({ ADMIN_TOKEN });
      expect(operator.adminToken).toBeNull();
      expect(unusable).toEqual([
        {
          problem: 'ADMIN_TOKEN: expected at least 24 characters',
          until: 'the operator’s routes do not exist',
        },
      ]);
    }
  });

  it('names optional and needed values alike where one of them stops the intake', () => {
    const both = readConfig({ ADMIN_TOKEN: 'short', SHARDS: 'many' });
    expect(both).toMatchObject({ ok: false, problems: { length: 2 } });
  });

  it('gives each shard of a layout that is followed its share of the rates', () => {
    const followed = underLayout(config({}), { shards: 8, jurisdiction: 'eu' });
    const chosen = config({ SHARDS: 8, JURISDICTION: 'eu' });
    expect(followed).toEqual({ ...chosen, chosen: {} });
  });

  it.each([
    ['PlanUpgraded', 'no event has this name; did you mean plan_upgraded?'],
    ['subscription_cancelled', 'no event has this name; did you mean subscription_canceled?'],
    ['toString', 'no event has this name; docs/events.md lists them'],
  ])('refuses a rule for %s, which no event is called', (name, problem) => {
    expect(readConfig({ EVENTS: { [name]: 'x' } })).toEqual({
      ok: false,
      problems: [`EVENTS.${name}: ${problem}`],
    });
  });

  it.each(['User Deleted', 'user suppressed', 'Device Deleted'])(
    'refuses to call an event %s, which Customer.io would act on',
    (name) => {
      expect(readConfig({ EVENTS: { user_signed_in: name } }).ok).toBe(false);
      expect(config({ EVENTS: { user_signed_in: 'User Signed In' } }).messages.events).toEqual({
        user_signed_in: 'User Signed In',
      });
    },
  );

  it('mails one of a name a day, unless MAIL_EVERY_HOURS or the rule says otherwise', () => {
    const EMAILS = { trial_ending: 12, payment_succeeded: { id: 'receipt', every_hours: 0 } };
    const every = (more: Record<string, unknown>) =>
      Object.values(config({ EMAILS, ...more }).emails.rules).map(({ everyMs }) => everyMs);
    expect(every({})).toEqual([86_400_000, 0]);
    expect(every({ MAIL_EVERY_HOURS: '0' })).toEqual([0, 0]);
    expect(every({ MAIL_EVERY_HOURS: 168 })).toEqual([604_800_000, 0]);
    expect(config({ MAIL_EVERY_HOURS: 169 }).unusable).toHaveLength(1);
    expect(
      config({ EMAILS: { trial_ending: { id: 12, every_hours: 169 } } }).unusable,
    ).toHaveLength(1);
  });

  it('refuses every extra trait that Customer.io gives a meaning, at once and by its name', () => {
    const names = [
      'id',
      'ID',
      'cio_id',
      'CIO_ID',
      'anonymous_id',
      'anonymousId',
      'unsubscribed',
      'cio_subscription_preferences',
      'cio_subscription_preferences.topics.topic_1',
      '_update',
      '_created_in_customerio_at',
      'object_type_id',
      'objectId',
      'relationshipAttributes',
      ' id ',
    ];
    const path = 'public_metadata.company';
    const TRAITS = Object.fromEntries(
      ['company', ...names, 'email_verified'].map((name) => [name, path]),
    );
    expect(readConfig({ SHARDS: 0, TRAITS })).toEqual({
      ok: false,
      problems: [
        'SHARDS: expected a whole number from 1 to 64',
        ...names.map(
          (name) =>
            `TRAITS.${name}: Customer.io gives this name a meaning: give yours another name`,
        ),
        'TRAITS.email_verified: this trait is ours: give yours another name',
      ],
    });
    const fine = { identity: path, timezone: path, plan_id: path, objective: path };
    expect(config({ TRAITS: fine }).read.traits).toEqual(fine);
  });

  it('refuses an extra trait under a name of ours, and a path that is none', () => {
    const rules = { plan: 'public_metadata.plan', trial_ends_at: 'username', company: 'a..b' };
    expect(readConfig({ TRAITS: { ...rules, team: 'public_metadata.team' } })).toEqual({
      ok: false,
      problems: [
        'TRAITS.plan: this trait is ours: give yours another name',
        'TRAITS.trial_ends_at: this trait is ours: give yours another name',
        'TRAITS.company: expected a path such as public_metadata.company',
      ],
    });
  });
});
