// Clerk: its webhooks are signed by Svix, and their bodies carry no id, so the delivery's id is the event's.
// https://clerk.com/docs/guides/development/webhooks/overview

import type { Provider } from '../provider.ts';
import { signSvix, svixKeyBytes, verifySvix } from '../svix-signature.ts';
import { CLERK_EVENT_TYPES, CLERK_ORGANIZATION_EVENT_TYPES, readClerk } from './events.ts';
import { recognizeClerk, snapshotClerk } from './snapshot.ts';

const SECRET = 'CLERK_WEBHOOK_SIGNING_SECRET';

export const clerk: Provider = {
  name: 'clerk',
  secrets: { [SECRET]: ['CLERK_WEBHOOK_SECRET'] },
  keyBytesOf: svixKeyBytes,
  events: CLERK_EVENT_TYPES,
  organizationEvents: CLERK_ORGANIZATION_EVENT_TYPES,
  verify: (webhook, secrets) => verifySvix(webhook, secrets[SECRET] ?? []),
  sign: (webhook, secrets) => signSvix(webhook, secrets[SECRET]?.[0] ?? ''),
  read: readClerk,
  snapshot: snapshotClerk,
  recognize: recognizeClerk,
};
