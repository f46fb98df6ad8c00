// Setup: is it set up right? What is missing, the addresses to copy, the events each endpoint needs, and the checkout snippet.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { secretsOf } from '../../intake/secrets.ts';
import type { Health } from '../../watch/health.ts';
import { page } from './page.ts';

type Parts = {
  readonly providers: readonly Provider[];
  readonly healthOf: (env: Cloudflare.Env) => Promise<Health>;
};

export function setupPages({ providers, healthOf }: Parts) {
  const pages = new Hono<RelayApp>();
  pages.get('/', async (c) => {
    const { problems } = await healthOf(c.env);
    const { customerio, lookups, messages } = c.get('config');
    const { origin } = new URL(c.req.url);
    const keys = {
      CUSTOMERIO_TRACK_TOKEN: customerio.token,
      CUSTOMERIO_APP_TOKEN: customerio.appToken,
      STRIPE_SECRET_KEY: lookups.stripe.key,
      CLERK_SECRET_KEY: lookups.clerk.key,
    };
    const setup = {
      problems,
      origin,
      endpoints: providers.map((provider) => ({
        ...provider,
        events: [
          ...provider.events,
          ...((messages.organizations && provider.organizationEvents) ?? []),
        ],
        isSet: secretsOf(provider, { ...c.env }) !== null,
      })),
      keys: Object.entries(keys).map(([name, key]) => ({ name, isSet: key !== null })),
    };
    return page(c, 'setup', setup);
  });
  return pages;
}
