// A phone number of a Clerk user, verified.

import type { PhoneNumberJSON } from '@clerk/backend';

import { VERIFIED } from '../../src/samples/clerk.ts';
import type { PartOf } from '../../src/samples/payload.ts';

/** An entry of `phone_numbers`. */
export function clerkPhone(id: string, number: string): PartOf<PhoneNumberJSON> {
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
