// Stripe: signed by Stripe itself, or, through Svix Ingest, by Svix.

import type { Provider } from '../provider.ts';
import { isSvix, signSvix, svixKeyBytes, verifySvix } from '../svix-signature.ts';
import { readStripe, STRIPE_EVENT_TYPES } from './events.ts';
import { signStripe, stripeKeyBytes, verifyStripe } from './signature.ts';
import { recognizeStripe, snapshotStripe } from './snapshot.ts';

const OWN = 'STRIPE_WEBHOOK_SECRET';
const INGEST = 'STRIPE_SVIX_SIGNING_SECRET';

export const stripe: Provider = {
  name: 'stripe',
  secrets: { [OWN]: [], [INGEST]: [] },
  keyBytesOf: (secret, name) => (name === INGEST ? svixKeyBytes(secret) : stripeKeyBytes(secret)),
  events: STRIPE_EVENT_TYPES,
  verify: async (webhook, secrets) => {
    const ingest = secrets[INGEST] ?? [];
    return ingest.length > 0 && isSvix(webhook)
      ? verifySvix(webhook, ingest)
      : verifyStripe(webhook, secrets[OWN] ?? []);
  },
  sign: (webhook, secrets) => {
    const [ingest] = secrets[INGEST] ?? [];
    return ingest === undefined
      ? signStripe(webhook, secrets[OWN]?.[0] ?? '')
      : signSvix(webhook, ingest);
  },
  read: readStripe,
  snapshot: snapshotStripe,
  recognize: recognizeStripe,
};
