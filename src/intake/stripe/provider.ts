// Stripe: signed by Stripe itself, or, through Svix Ingest, by Svix.

import type { Provider } from '../provider.ts';
import { isSvix, svixKeyBytes, verifySvix } from '../svix-signature.ts';
import { readStripe, STRIPE_EVENT_TYPES } from './events.ts';
import { stripeKeyBytes, verifyStripe } from './signature.ts';
import { recognizeStripe, snapshotStripe } from './snapshot.ts';

const INGEST = 'STRIPE_SVIX_SIGNING_SECRET';

export const stripe: Provider = {
  name: 'stripe',
  secrets: { STRIPE_WEBHOOK_SECRET: [], [INGEST]: [] },
  keyBytesOf: (secret, name) => (name === INGEST ? svixKeyBytes(secret) : stripeKeyBytes(secret)),
  events: STRIPE_EVENT_TYPES,
  verify: async (webhook, secrets) => {
    const ingest = secrets[INGEST] ?? [];
    return ingest.length > 0 && isSvix(webhook)
      ? verifySvix(webhook, ingest)
      : verifyStripe(webhook, secrets['STRIPE_WEBHOOK_SECRET'] ?? []);
  },
  read: readStripe,
  snapshot: snapshotStripe,
  recognize: recognizeStripe,
};
