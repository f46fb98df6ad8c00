// Setup: is it set up right? What is missing, the addresses to copy, the events each endpoint needs, and the checkout snippet.

import { Hono } from 'hono/tiny';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { secretsOf } from '../../intake/secrets.ts';
import type { Health } from '../../watch/health.ts';
import { auditPage } from '../audit.ts';
import { testWebhook } from '../test-webhook.ts';
import type { Door } from '../test-webhook.ts';
import { codeIn } from './form.ts';
import { notFound, page } from './page.ts';

type Parts = {
  readonly providers: readonly Provider[];
  readonly healthOf: (env: Cloudflare.Env) => Promise<Health>;
  readonly door: Door;
};

export function setupPages({ providers, healthOf, door }: Parts) {
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
        answer: c.req.query('test') === provider.name ? codeIn(c.req.query('answer')) : '',
      })),
      keys: Object.entries(keys).map(([name, key]) => ({ name, isSet: key !== null })),
    };
    return page(c, 'setup', setup);
  });

  pages.post('/', async (c) => {
    const { test } = await c.req.parseBody();
    const provider = providers.find(({ name }) => name === test);
    if (provider === undefined) return notFound(c);
    const outcome = await testWebhook({ door, env: c.env }, provider);
    auditPage(c, { action: `test webhook of ${provider.name}`, on: null, outcome });
    return c.redirect(`/console/setup?test=${provider.name}&answer=${outcome}`, 303);
  });
  return pages;
}
