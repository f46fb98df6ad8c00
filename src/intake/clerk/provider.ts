// Clerk: its webhooks are signed by Svix, and their bodies carry no id, so the delivery's id is the event's.
// https://clerk.com/docs/guides/development/webhooks/overview

import type { Provider } from '../provider.ts';
import { svixKeyBytes, verifySvix } from '../svix-signature.ts';
import { CLERK_EVENT_TYPES, CLERK_ORGANIZATION_EVENT_TYPES, readClerk } from './events.ts';
import { recognizeClerk, snapshotClerk } from './snapshot.ts';

export const clerk: Provider = {
  name: 'clerk',
  secrets: { CLERK_WEBHOOK_SIGNING_SECRET: ['CLERK_WEBHOOK_SECRET'] },
  keyBytesOf: svixKeyBytes,
  events: CLERK_EVENT_TYPES,
  organizationEvents: CLERK_ORGANIZATION_EVENT_TYPES,
  verify: (webhook, secrets) => verifySvix(webhook, secrets['CLERK_WEBHOOK_SIGNING_SECRET'] ?? []),
  read: readClerk,
  snapshot: snapshotClerk,
  recognize: recognizeClerk,
};
