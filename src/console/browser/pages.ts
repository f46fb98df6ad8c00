// The console: pages below /console, for a browser. Each answers one question, has an address of its own and works without
// script.

import { Hono } from 'hono/tiny';

import { Environment } from '../../config/environment.ts';
import { configured, ready } from '../../door/ready.ts';
import type { RelayApp } from '../../door/ready.ts';
import { syncOf } from '../../platform/namespaces.ts';
import { relayOf, statesOf } from '../relay.ts';
import { exists, followLink, signedIn, signIn, signOut } from './gate.ts';
import { guarded } from './headers.ts';
import { mappingPages } from './mapping.ts';
import { organizationPages } from './organizations.ts';
import { overviewOf } from './overview.ts';
import { asPage, notFound, page } from './page.ts';
import { parkedPages } from './parked.ts';
import { peoplePages } from './people.ts';
import { setupPages } from './setup.ts';
import { syncPages } from './sync.ts';
import { waitingPages } from './waiting.ts';
import { webhookPages } from './webhooks.ts';

type Parts = Parameters<typeof setupPages>[0];

export function consoleWith({ providers, healthOf, door }: Parts) {
  const pages = new Hono<RelayApp>();
  pages.use('*', guarded, asPage, configured, exists);
  pages.get('/sign-in/:code', followLink);
  pages.post('/sign-in', signIn);
  pages.use('*', signedIn);
  pages.post('/sign-out', signOut);
  pages.get('/sign-out', (c) => c.redirect('/console'));
  pages.get('/sign-in', (c) => c.redirect('/console'));
  pages.use('*', ready);
  pages.get('/', async (c) => {
    const relay = relayOf(c);
    const [states, health, [job]] = await Promise.all([
      statesOf(relay),
      healthOf(c.env),
      syncOf(c.env, relay.config).jobs(1),
    ]);
    const chosen = Object.keys(Environment.entries).filter(
      (name) => ![undefined, null, ''].includes(Reflect.get(c.env, name)),
    );
    const seen = { states, health, job, chosen, config: relay.config, now: Date.now() };
    return page(c, 'overview', overviewOf(seen));
  });
  pages.route('/webhooks', webhookPages());
  pages.route('/people', peoplePages());
  pages.route('/organizations', organizationPages());
  pages.route('/waiting', waitingPages());
  pages.route('/parked', parkedPages(providers));
  pages.route('/mapping', mappingPages(providers));
  pages.route('/sync', syncPages());
  pages.route('/setup', setupPages({ providers, healthOf, door }));
  // A mounted app's own `notFound` is never asked.
  pages.all('*', (c) => notFound(c));
  return pages;
}
