// Every trait the user's reader gives has a row in USER_TRAITS, or TRAIT_CASE would pass it by. The reader is tied to the
// list by its type; the first tests show the tie, the last ones what it is for.

import { describe, expect, it } from 'vitest';

import { readClerk } from '../../src/intake/clerk/events.ts';
import { applyEvent } from '../../src/person/apply.ts';
import type { TraitValue } from '../../src/person/facet.ts';
import { identifyMessage } from '../../src/person/messages.ts';
import { newPerson } from '../../src/person/person.ts';
import { traitsOf, USER_TRAITS } from '../../src/person/traits.ts';
import type { UserTrait } from '../../src/person/traits.ts';
import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { clerkPhone } from '../support/clerk-phone.ts';
import { READ_OPTIONS } from '../support/read-options.ts';

const ALL = {
  email: null,
  emailVerified: null,
  firstName: null,
  lastName: null,
  createdAt: null,
  phone: null,
  username: null,
  imageUrl: null,
} satisfies Record<UserTrait, TraitValue>;

/** A user of whom everything is known that Clerk tells. */
const USER = clerkUser({
  username: 'ada',
  phone_numbers: [clerkPhone('idn_2', '+15550100')],
  primary_phone_number_id: 'idn_2',
  email_addresses: [clerkEmail('idn_1', 'ada@example.test')],
  external_id: 'ext_1',
  last_sign_in_at: 1_764_000_000_000,
  last_active_at: 1_764_000_000_000,
  locale: 'en-GB',
  has_image: true,
  password_enabled: true,
  two_factor_enabled: true,
  totp_enabled: true,
  backup_code_enabled: true,
  banned: false,
  locked: false,
  create_organization_enabled: true,
  delete_self_enabled: true,
});

function identified(traitCase: 'camel' | 'snake') {
  const body = { json: clerkEvent('user.created', USER), deliveryId: 'msg_1' };
  const reading = readClerk({ ...body, receivedAt: 1_764_000_001_000 }, READ_OPTIONS);
  if (reading.kind !== 'event') throw new Error(`read as ${reading.kind}`);
  const { person } = applyEvent(newPerson('user_2abcDEF'), { provider: 'clerk', ...reading });
  const options = {
    traitCase,
    events: {},
    freePlan: null,
    mapping: { plans: {}, traits: {} },
    onUserDeleted: 'delete',
  } as const;
  return Object.keys(identifyMessage(person, traitsOf(person, null), options).traits);
}

describe('the traits of a user', () => {
  it('a trait without a row in USER_TRAITS does not compile', () => {
    // @ts-expect-error -- lastSignInAt has no row in USER_TRAITS.
    const more = { ...ALL, lastSignInAt: null } satisfies Record<UserTrait, TraitValue>;
    expect(Object.keys(more)).not.toEqual(Object.keys(ALL));
  });

  it('a row in USER_TRAITS that is not read does not compile', () => {
    const { imageUrl: _, ...rest } = ALL;
    // @ts-expect-error -- imageUrl has a row in USER_TRAITS.
    const fewer = rest satisfies Record<UserTrait, TraitValue>;
    expect(Object.keys(fewer)).not.toEqual(Object.keys(ALL));
  });

  it("Clerk's reader gives every trait of USER_TRAITS and no other", () => {
    expect(identified('camel').toSorted()).toEqual([...USER_TRAITS, 'plan'].toSorted());
  });

  it('TRAIT_CASE=snake cases every one of them', () => {
    expect(identified('snake')).toHaveLength(USER_TRAITS.length + 1);
    expect(identified('snake').filter((name) => /[A-Z]/.test(name))).toEqual([]);
  });
});
