// Clerk's users in the documented shape, and the event around what Clerk sends. Times are Unix milliseconds.

import type { EmailAddressJSON, UserJSON, VerificationJSON } from '@clerk/backend';

import type { Json, PartOf } from './payload.ts';

const CREATED = 1_764_000_000_000;

/** How an address or a number was verified: by a code. */
export const VERIFIED = {
  status: 'verified',
  strategy: 'email_code',
  attempts: 1,
  expire_at: CREATED + 600_000,
} as const satisfies PartOf<VerificationJSON>;

/** A user who signed up with a verified email. */
export function clerkUser(overrides: PartOf<UserJSON> = {}): PartOf<UserJSON> {
  const ada = {
    object: 'user',
    id: 'user_2abcDEF',
    first_name: 'Ada',
    last_name: 'Lovelace',
    username: null,
    image_url: 'https://img.example.test/ada.png',
    primary_email_address_id: 'idn_1',
    primary_phone_number_id: null,
    email_addresses: [clerkEmail('idn_1', 'ada@example.test')],
    phone_numbers: [],
    public_metadata: {},
    private_metadata: {},
    unsafe_metadata: {},
    created_at: CREATED,
    updated_at: CREATED + 18,
  } as const satisfies PartOf<UserJSON>;
  return { ...ada, ...overrides };
}

/** An entry of `email_addresses`; it is the primary one only where the user's `primary_email_address_id` says so. */
export function clerkEmail(id: string, email: string): PartOf<EmailAddressJSON> {
  return {
    object: 'email_address',
    id,
    email_address: email,
    verification: VERIFIED,
    linked_to: [],
  };
}

/** The envelope; `timestamp` in Unix milliseconds as real deliveries have it. */
export function clerkEvent(type: string, data: Readonly<Json>, timestamp = CREATED + 36) {
  return { object: 'event', type, instance_id: 'ins_1', timestamp, data };
}
