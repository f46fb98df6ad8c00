// Stripe: signed by Stripe itself, or, through Svix Ingest, by Svix.

import type { Provider } from '../provider.ts';
import { isSvix, verifySvix } from '../svix-signature.ts';
import { readStripe } from './events.ts';
import { verifyStripe } from './signature.ts';
import { recognizeStripe } from './snapshot.ts';

export const stripe: Provider = {
  name: 'stripe',
  secrets: { STRIPE_WEBHOOK_SECRET: [], STRIPE_SVIX_SIGNING_SECRET: [] },
  verify: async (webhook, secrets) => {
    const ingest = secrets['STRIPE_SVIX_SIGNING_SECRET'] ?? [];
    return ingest.length > 0 && isSvix(webhook)
      ? verifySvix(webhook, ingest)
      : verifyStripe(webhook, secrets['STRIPE_WEBHOOK_SECRET'] ?? []);
  },
  read: readStripe,
  recognize: recognizeStripe,
};
