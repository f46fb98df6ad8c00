// The console: pages below /console, for a browser. Each answers one question, has an address of its own and works without
// script.

import { Hono } from 'hono';

import { configured, ready } from '../../door/ready.ts';
import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import type { Health } from '../../watch/health.ts';
import { statesOf } from '../relay.ts';
import { exists, followLink, signedIn, signIn, signOut } from './gate.tsx';
import { guarded } from './headers.ts';
import { page } from './layout.tsx';
import { mappingPages } from './mapping-pages.tsx';
import { Message } from './message.tsx';
import { Overview } from './overview.tsx';
import { parkedPages } from './parked-pages.tsx';
import { peoplePages } from './people-pages.tsx';
import { setupPages } from './setup-pages.tsx';
import { waitingPages } from './waiting-pages.tsx';
import { webhookPages } from './webhook-pages.tsx';

type Parts = {
  readonly providers: readonly Provider[];
  readonly healthOf: (env: Cloudflare.Env) => Promise<Health>;
};

export function consoleWith({ providers, healthOf }: Parts) {
  const pages = new Hono<RelayApp>();
  pages.use('*', guarded, configured, exists);
  pages.get('/sign-in/:code', followLink);
  pages.post('/sign-in', signIn);
  pages.use('*', signedIn);
  pages.post('/sign-out', signOut);
  pages.get('/sign-out', (c) => c.redirect('/console'));
  pages.get('/sign-in', (c) => c.redirect('/console'));
  pages.use('*', ready);
  pages.get('/', async (c) => {
    const [config, now] = [c.get('config'), Date.now()];
    const [states, health] = await Promise.all([statesOf({ env: c.env, config }), healthOf(c.env)]);
    const seen = { states, health, config, now };
    return page(c, <Overview {...seen} />, { title: 'Overview', at: '' });
  });
  pages.route('/webhooks', webhookPages());
  pages.route('/people', peoplePages());
  pages.route('/waiting', waitingPages());
  pages.route('/parked', parkedPages(providers));
  pages.route('/mapping', mappingPages(providers));
  pages.route('/setup', setupPages({ providers, healthOf }));
  pages.notFound((c) => page(c, <Message code="not_found" />, { title: 'Not found', status: 404 }));
  return pages;
}
