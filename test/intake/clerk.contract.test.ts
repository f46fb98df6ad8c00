// Clerk keeps the contract of every provider.

import { CLERK_EVENT_TYPES } from '../../src/intake/clerk/events.ts';
import { clerk } from '../../src/intake/clerk/provider.ts';
import { clerkEvent, clerkSecret, clerkUser, signClerk } from '../support/clerk.ts';
import { providerContract } from './provider-contract.ts';
import type { EventFixture } from './provider-contract.ts';

const DELETED = { object: 'user', id: 'user_2abcDEF', deleted: true };

function fixture(type: string, data: object, verdict: EventFixture['verdict']): EventFixture {
  return { type, json: clerkEvent(type, { ...data }), verdict };
}

providerContract({
  name: 'clerk',
  provider: clerk,
  secretName: 'CLERK_WEBHOOK_SIGNING_SECRET',
  newSecret: clerkSecret,
  sign: signClerk,
  signatureHeader: 'svix-signature',
  mappedTypes: CLERK_EVENT_TYPES,
  fixtures: [
    fixture('user.created', clerkUser(), 'event'),
    fixture('user.updated', clerkUser(), 'event'),
    fixture('user.deleted', DELETED, 'event'),
    fixture('user.updated', clerkUser({ id: '' }), 'unreadable'),
    fixture('user.deleted', { object: 'user', deleted: true }, 'unreadable'),
    fixture('email.created', { otp_code: '1' }, 'ignored: carries_one_time_codes'),
    fixture('sms.created', { otp_code: '1' }, 'ignored: carries_one_time_codes'),
    fixture('role.created', { id: 'role_1' }, 'ignored: event_type_unmapped'),
    fixture('toString', {}, 'ignored: event_type_unmapped'),
    fixture('__proto__', {}, 'ignored: event_type_unmapped'),
  ],
});
