// Environment → Config: defaults, what is read from text, and every problem at once.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';

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
      operator: { adminToken: null, alertUrl: null },
      shards: 4,
      jurisdiction: null,
      outbox: { requestsPerSecond: 25, lingerMs: 250, journalDays: 7, parkedDays: 30 },
      emails: { rules: {}, requestsPerSecond: 2.5 },
      waitingDays: 30,
      messages: { traitCase: 'camel', events: {}, freePlan: null, onUserDeleted: 'delete' },
      read: {
        plans: {},
        traits: {},
        linkKeys: ['clerkUserId', 'clerk_user_id', 'clerkId', 'clerk_id', 'userId', 'user_id'],
        mode: 'both',
      },
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
    ['PlanUpgraded', 'no event has this name; did you mean plan_upgraded?'],
    ['subscription_cancelled', 'no event has this name; did you mean subscription_canceled?'],
    ['toString', 'no event has this name; the README lists them'],
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
