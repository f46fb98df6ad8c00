// A changed mapping: the names of today from what was kept, and an identify for whoever is called differently.

import {
  assert,
  boolean,
  constant,
  dictionary,
  integer,
  oneof,
  property,
  string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { SubscriptionFacet, Traits, UserFacet } from '../../src/person/facet.ts';
import { differingTraits, fingerprintOf, isOf } from '../../src/person/fingerprint.ts';
import { identified, isIdentifyDue } from '../../src/person/identify.ts';
import { asMapped, hasUnread } from '../../src/person/mapping.ts';
import type { Mapping } from '../../src/person/mapping.ts';
import type { MessageOptions } from '../../src/person/messages.ts';
import { newPerson } from '../../src/person/person.ts';
import type { Person } from '../../src/person/person.ts';
import { traitsOf } from '../../src/person/traits.ts';
import { CLERK_CREATED, clerkItem } from '../../src/samples/clerk-billing.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import type { Json } from '../../src/samples/payload.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { wire } from '../support/wire.ts';

const NO_MAPPING: Mapping = { plans: {}, traits: {} };
const OPTIONS: MessageOptions = {
  traitCase: 'camel',
  events: {},
  freePlan: null,
  mapping: NO_MAPPING,
  onUserDeleted: 'delete',
};

/** Who has bought `pro`, read under these options. */
function buyer(plans: Mapping['plans'] = {}): Person {
  const event: Json = stripeEvent('customer.subscription.created', subscription());
  return wire([event], { options: { plans } }).person;
}

function planOf(person: Person, plans: Mapping['plans']) {
  return traitsOf(asMapped(person, { plans, traits: {} }), null)['plan'];
}

function only(person: Person): SubscriptionFacet {
  const [facet] = Object.values(person.subscriptions);
  if (facet === undefined) throw new Error('expected a subscription');
  return facet;
}

describe('the name of a plan', () => {
  it('is that of today, by price, product or lookup key, and Stripe’s own where no row is left', () => {
    const named = buyer({ price_pro: 'Old' });
    expect(planOf(named, { price_pro: 'Old' })).toBe('Old');
    expect(planOf(named, { price_pro: 'New' })).toBe('New');
    expect(planOf(named, { prod_pro: 'ByProduct' })).toBe('ByProduct');
    expect(planOf(named, { pro: 'ByKey' })).toBe('ByKey');
    expect(planOf(named, { pro: 'ByKey', price_pro: 'ByPrice' })).toBe('ByPrice');
    expect(planOf(named, {})).toBe('pro');
  });

  it('leaves the very same person where nothing is called differently', () => {
    const person = buyer({ price_pro: 'Old' });
    expect(asMapped(person, { plans: { price_pro: 'Old' }, traits: {} })).toBe(person);
  });

  it('makes two prices one plan, or two, as reading them anew would', () => {
    for (const plans of [{}, { price_pro: 'P' }, { prod_pro: 'Q' }]) {
      const { planKey } = only(asMapped(buyer({ prod_pro: 'Old' }), { plans, traits: {} }));
      expect(planKey).toBe(only(buyer(plans)).planKey);
    }
  });

  it('of a facet of an older release is found by its one price or product, else left', () => {
    const person = buyer({ price_pro: 'Old' });
    const { planNaming: _none, ...facet } = only(person);
    const older = (more: Partial<SubscriptionFacet>) => ({
      ...person,
      subscriptions: { [facet.id]: { ...facet, ...more } },
    });
    expect(planOf(older({}), { price_pro: 'New' })).toBe('New');
    expect(planOf(older({ planKey: 'prod_pro' }), { prod_pro: 'New' })).toBe('New');
    expect(planOf(older({}), {})).toBe('Old');
    const annual = [{ priceId: 'cplan_1:annual', quantity: null }];
    expect(planOf(older({ items: annual }), { cplan_1: 'New' })).toBe('New');
    const two = [...facet.items, { priceId: 'price_more', quantity: 1 }];
    expect(planOf(older({ items: two }), { price_more: 'New' })).toBe('Old');
  });

  it('renames the plan before, too', () => {
    const person = buyer({ price_pro: 'Old' });
    const { purchaseId, planNaming } = only(person);
    const marks = person.marks[purchaseId];
    if (marks === undefined || planNaming === undefined) throw new Error('expected marks');
    const planChange = { at: 1, from: 'Old', naming: planNaming };
    const changed = { ...person, marks: { [purchaseId]: { ...marks, planChange } } };
    const mapped = asMapped(changed, { plans: { price_pro: 'New' }, traits: {} });
    expect(traitsOf(mapped, null)).toMatchObject({ plan: 'New', previousPlan: 'New' });
  });

  it('tells no change of plan when Clerk Billing, which gives no before, calls it by another name', () => {
    const item = (updatedAt: number) =>
      clerkEvent('subscriptionItem.updated', clerkItem({ updated_at: updatedAt }), updatedAt);
    const [began, later] = [item(CLERK_CREATED), item(CLERK_CREATED + 1000)];
    const { person } = wire([began], { options: { plans: { pro: 'Old' } } });
    expect(planOf(person, { pro: 'Old' })).toBe('Old');
    const after = wire([later], { person, options: { plans: { pro: 'New' } } });
    expect(after.tracks).toEqual([]);
    expect(after.traits).toMatchObject({ plan: 'New' });
  });
});

describe('a trait of the operator’s own', () => {
  const user: UserFacet = {
    asOf: 1,
    rank: 2,
    traits: { email: 'ada@example.test', company: 'Acme', seat: 4 },
    paths: { company: 'public_metadata.company', seat: 'public_metadata.seat' },
  };
  const person = (facet: UserFacet = user): Person => ({ ...newPerson('user_1'), user: facet });
  const mapped = (traits: Mapping['traits'], facet: UserFacet = user) =>
    asMapped(person(facet), { plans: {}, traits }).user?.traits;

  it('takes its new name, and goes when its row goes', () => {
    expect(mapped({ org: 'public_metadata.company' })).toEqual({
      email: 'ada@example.test',
      org: 'Acme',
    });
    expect(mapped({})).toEqual({ email: 'ada@example.test' });
  });

  it('is not what was read from another path', () => {
    const rows = { company: 'public_metadata.org', seat: 'public_metadata.seat' };
    expect(mapped(rows)).toEqual({ email: 'ada@example.test', seat: 4 });
    expect(hasUnread(user, rows)).toBe(true);
    expect(hasUnread(user, user.paths ?? {})).toBe(false);
  });

  it('of an older release keeps its name', () => {
    const { paths: _none, ...older } = user;
    expect(mapped({ org: 'public_metadata.company' }, older)).toEqual(user.traits);
    expect(hasUnread(older, { org: 'public_metadata.company' })).toBe(true);
    expect(hasUnread(older, { company: 'public_metadata.company' })).toBe(false);
  });
});

const traitValue = oneof(string(), integer(), boolean(), constant(null));
const traits = dictionary(string({ minLength: 1 }), traitValue, { maxKeys: 12 });

function canonical(of: Traits): string {
  return JSON.stringify(
    Object.keys(of)
      .toSorted()
      .map((name) => [name, of[name]]),
  );
}

describe('a fingerprint', () => {
  it('is equal exactly where the traits are, in any order', () => {
    assert(
      property(traits, traits, boolean(), (a, other, isSame) => {
        const b = isSame ? Object.fromEntries(Object.entries(a).toReversed()) : other;
        const areEqual = canonical(a) === canonical(b);
        expect(fingerprintOf(a) === fingerprintOf(b)).toBe(areEqual);
        expect(isOf(fingerprintOf(a), b)).toBe(areEqual);
      }),
      { numRuns: 2000 },
    );
  });

  it('names the traits that differ, and no others', () => {
    const before = { plan: 'pro', mrr: 49, email: 'ada@example.test', seats: 4 };
    const after = { plan: 'Pro', mrr: 49, email: 'ada@example.test', seats: '4', added: true };
    expect(differingTraits(fingerprintOf(before), after)).toEqual(['plan', 'seats', 'added']);
    expect(differingTraits(fingerprintOf(before), before)).toEqual([]);
  });
});

describe('whether an identify is due', () => {
  const NOW = 1_790_000_000_000;
  const told = identified(buyer(), OPTIONS, NOW).person;

  it('is not, as long as what was told is what is so', () => {
    expect(isIdentifyDue(told, OPTIONS)).toBe(false);
  });

  it.each([
    ['TRAIT_CASE', { traitCase: 'snake' }],
    ['FREE_PLAN', { freePlan: 'free' }],
  ] as const)('is for a changed %s', (_which, changed) => {
    const person = { ...newPerson('user_1'), lastIdentifyAt: NOW };
    const known = identified({ ...person, customers: ['cus_1'] }, OPTIONS, NOW).person;
    expect(isIdentifyDue(known, OPTIONS)).toBe(false);
    expect(isIdentifyDue(known, { ...OPTIONS, ...changed })).toBe(true);
  });

  it('is for a changed name, and not for the name of an event', () => {
    const renamed = { ...OPTIONS, mapping: { plans: { price_pro: 'New' }, traits: {} } };
    expect(isIdentifyDue(asMapped(told, renamed.mapping), renamed)).toBe(true);
    expect(isIdentifyDue(told, { ...OPTIONS, events: { trial_started: 'x' } })).toBe(false);
  });

  it('is once for whom an older release has identified, and not for whom nobody knows', () => {
    expect(isIdentifyDue({ ...newPerson('user_1'), lastIdentifyAt: 1 }, OPTIONS)).toBe(true);
    expect(isIdentifyDue(newPerson('user_1'), { ...OPTIONS, freePlan: 'free' })).toBe(false);
  });
});
