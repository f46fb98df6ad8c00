// Clerk as a sender: users and events in the documented shape, signed as Svix signs.

import type { EmailAddressJSON, PhoneNumberJSON, UserJSON, VerificationJSON } from '@clerk/backend';
import { Webhook } from 'svix';

/** The package's type asks for an id as well, which no real payload has. */
const VERIFIED = {
  status: 'verified',
  strategy: 'email_code',
  attempts: 1,
  expire_at: 1_764_000_600_000,
} as VerificationJSON;

export type ClerkUser = Pick<UserJSON, 'id'> & Record<string, unknown>;

/** A user who signed up with a verified email. Override any field; times are Unix milliseconds. */
export function clerkUser(overrides: Partial<UserJSON> & Record<string, unknown> = {}): ClerkUser {
  return {
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
    created_at: 1_764_000_000_000,
    updated_at: 1_764_000_000_018,
    ...overrides,
  };
}

/** An entry of `email_addresses`; it is the primary one only where the user's `primary_email_address_id` says so. */
export function clerkEmail(id: string, email: string): EmailAddressJSON {
  return {
    object: 'email_address',
    id,
    email_address: email,
    verification: VERIFIED,
    linked_to: [],
  };
}

export function clerkPhone(id: string, number: string): PhoneNumberJSON {
  return {
    object: 'phone_number',
    id,
    phone_number: number,
    reserved_for_second_factor: false,
    default_second_factor: false,
    reserved: false,
    verification: VERIFIED,
    linked_to: [],
    backup_codes: [],
  };
}

/** The envelope; `timestamp` in Unix milliseconds as real deliveries have it. */
export function clerkEvent(
  type: string,
  data: Readonly<Record<string, unknown>>,
  timestamp = 1_764_000_000_036,
) {
  return { object: 'event', type, instance_id: 'ins_1', timestamp, data };
}

/** The headers of one delivery. A retry has the same `id` and a new time. */
export function signClerk(
  body: string,
  about: { readonly secret: string; readonly id: string; readonly now?: number },
): Record<string, string> {
  const at = new Date(about.now ?? Date.now());
  return {
    'svix-id': about.id,
    'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
    'svix-signature': new Webhook(about.secret).sign(about.id, at, body),
  };
}

export function clerkSecret(): string {
  return `whsec_${btoa(String.fromCodePoint(...crypto.getRandomValues(new Uint8Array(24))))}`;
}
