// What a changed mapping would change, of tracks as they went out and of people as they are stored.

import { describe, expect, it } from 'vitest';

import { applyEvent } from '../../src/person/apply.ts';
import { changedTrack, changedTraits, objectUnder } from '../../src/person/changed-mapping.ts';
import { RANK } from '../../src/person/facet.ts';
import type { MessageOptions } from '../../src/person/messages.ts';
import { newPerson } from '../../src/person/person.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { made, take } from '../support/stripe-life.ts';
import { wire } from '../support/wire.ts';

type Vars = {
  readonly events?: MessageOptions['events'];
  readonly plans?: Readonly<Record<string, string>>;
  readonly traitCase?: 'camel' | 'snake';
  readonly freePlan?: string | null;
};

function options({ events = {}, plans = {}, traitCase = 'camel', freePlan = null }: Vars) {
  const mapping = { plans, traits: {} };
  return { traitCase, events, freePlan, mapping, onUserDeleted: 'delete' } as const;
}

const between = (was: Vars, would: Vars) => ({ was: options(was), would: options(would) });

const UPGRADED = {
  event: 'plan_upgraded',
  properties: { plan: 'Pro', from_plan: 'Starter', to_plan: 'Pro', mrr: 49 },
};

const PRO = { by: ['price_pro', 'prod_pro', 'pro'], own: 'pro', key: 'prod_pro' };

describe('a track under a changed mapping', () => {
  it('is not told where nothing about it would change', () => {
    const plans = { price_pro: 'Pro', price_starter: 'Starter' };
    const change = between({ plans }, { plans, events: { trial_started: 'other' } });
    expect(changedTrack(UPGRADED, change)).toBeNull();
  });

  it('has its new name, or none where it would be dropped', () => {
    const change = (events: MessageOptions['events']) => between({}, { events });
    expect(changedTrack(UPGRADED, change({ plan_upgraded: 'Upgraded' }))).toMatchObject({
      was: { event: 'plan_upgraded' },
      would: { event: 'Upgraded', properties: UPGRADED.properties },
      properties: [],
      unsure: [],
    });
    const dropped = changedTrack(UPGRADED, change({ plan_upgraded: false }));
    expect(dropped?.would.event).toBe(false);
  });

  it('is found by the name it was sent under', () => {
    const sent = { ...UPGRADED, event: 'Upgraded' };
    const change = between({ events: { plan_upgraded: 'Upgraded' } }, {});
    expect(changedTrack(sent, change)?.would.event).toBe('plan_upgraded');
    expect(changedTrack({ event: 'User Deleted', properties: {} }, change)).toBeNull();
  });

  it('names its plans anew, each property by itself', () => {
    const was = { plans: { price_pro: 'Pro', price_starter: 'Starter' } };
    const would = { plans: { price_pro: 'Business', price_starter: 'Starter' } };
    expect(changedTrack(UPGRADED, between(was, would))).toEqual({
      was: UPGRADED,
      would: {
        event: 'plan_upgraded',
        properties: { plan: 'Business', from_plan: 'Starter', to_plan: 'Business', mrr: 49 },
      },
      properties: ['plan', 'to_plan'],
      unsure: [],
    });
  });

  it('knows a plan by what its provider calls it', () => {
    const sent = { event: 'trial_started', properties: { plan: 'pro' } };
    const change = between({}, { plans: { pro: 'Pro' } });
    expect(changedTrack(sent, change)?.would.properties).toEqual({ plan: 'Pro' });
    const byPrice = between({}, { plans: { price_pro: 'Pro' } });
    expect(changedTrack(sent, byPrice)).toBeNull();
    expect(changedTrack(sent, byPrice, [PRO])?.would.properties).toEqual({ plan: 'Pro' });
  });

  it('leaves what it cannot tell as it was, and says so', () => {
    const was = { plans: { price_month: 'Pro', price_year: 'Pro' } };
    const split = { plans: { price_month: 'Pro', price_year: 'Pro annual' } };
    const sent = { event: 'trial_started', properties: { plan: 'Pro' } };
    const change = between(was, split);
    expect(changedTrack(sent, change)).toMatchObject({
      would: { properties: { plan: 'Pro' } },
      properties: [],
      unsure: ['plan'],
    });
    const annual = { by: ['price_year', 'prod_pro'], own: 'prod_pro' };
    const known = changedTrack(sent, change, [annual]);
    expect(known).toMatchObject({ would: { properties: { plan: 'Pro annual' } }, unsure: [] });
    // The row is gone: the name is the provider's own, which no table has.
    expect(changedTrack(sent, between(was, {}))?.unsure).toEqual(['plan']);
    const events = { trial_started: 'Started', subscription_started: 'Started' };
    expect(
      changedTrack({ event: 'Started', properties: {} }, between({ events }, {})),
    ).toMatchObject({ would: { event: 'Started' }, unsure: ['event'] });
  });
});

describe('a person under a changed mapping', () => {
  const created = stripeEvent('customer.subscription.created', subscription());
  const { person } = wire([created], { options: { plans: { price_pro: 'Pro' } } });

  it('has other traits, each with both values', () => {
    const plans = { price_pro: 'Business' };
    expect(changedTraits(person, between({ plans: { price_pro: 'Pro' } }, { plans }))).toEqual([
      { name: 'plan', was: 'Pro', would: 'Business' },
    ]);
    expect(changedTraits(person, between({ plans }, { plans, events: { x: 'y' } }))).toEqual([]);
  });

  it('is told under other names by another case', () => {
    const changed = changedTraits(person, between({}, { traitCase: 'snake' }));
    expect(changed).toContainEqual({ name: 'trialUsed', was: false, would: undefined });
    expect(changed).toContainEqual({ name: 'trial_used', was: undefined, would: false });
    expect(changed.map(({ name }) => name)).not.toContain('plan');
  });
});

describe('an organization’s object under a changed mapping', () => {
  it('has its plan by its new name, and its attributes as they would be spelled', () => {
    const facet = {
      asOf: 1,
      rank: RANK.updated,
      name: 'Acme',
      slug: null,
      createdAt: 1,
      createdBy: null,
    };
    const news = [{ kind: 'organization', facet, created: false, createdAt: 1 }] as const;
    const about = { provider: 'clerk', id: 'evt_1', type: 'known', customerId: null };
    const { person } = applyEvent(take(newPerson('org_1'), made(0)).person, { ...about, news });
    const organizations = { objectType: 1, roles: [], membersMax: 1 };
    const would = { ...options({ plans: { price_pro: 'Business' }, traitCase: 'snake' }) };
    expect(objectUnder(person, { ...would, organizations })).toMatchObject({
      name: 'Acme',
      plan: 'Business',
      members_count: null,
      subscription_status: 'active',
    });
  });
});
