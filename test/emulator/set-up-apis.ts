// Every API that set-up asks, on loopback, each with the one key that it takes.

import { startAppApi } from './app-api.ts';
import { emulate, hasBearer } from './loopback.ts';
import { startEmulator } from './server.ts';
import { startStripeSetup } from './stripe-setup.ts';

export type SetUpKeys = {
  readonly CUSTOMERIO_TRACK_TOKEN: string;
  readonly CUSTOMERIO_APP_TOKEN: string;
  readonly CLERK_SECRET_KEY: string;
  readonly STRIPE_SECRET_KEY: string;
};

export async function startSetUpApis(keys: SetUpKeys) {
  const pipelines = await startEmulator({ token: keys.CUSTOMERIO_TRACK_TOKEN });
  const app = await startAppApi({ token: keys.CUSTOMERIO_APP_TOKEN });
  const stripe = await startStripeSetup({ key: keys.STRIPE_SECRET_KEY });
  const clerk = await emulate((request) =>
    hasBearer(request, keys.CLERK_SECRET_KEY)
      ? { status: 200, body: [{ id: 'user_1' }] }
      : { status: 401, body: { errors: [{ code: 'clerk_key_invalid', message: 'invalid' }] } },
  );
  return {
    stripe,
    clerk,
    /** Where the relay and its commands find them. */
    urls: {
      CUSTOMERIO_PIPELINES_URL: `${pipelines.url}/v1`,
      CUSTOMERIO_APP_URL: app.appUrl,
      CLERK_API_URL: clerk.url,
      STRIPE_API_URL: stripe.url,
    },
    close: async () => {
      for (const each of [pipelines, app, stripe, clerk]) await each.close();
    },
  };
}
