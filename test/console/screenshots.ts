// npm run screenshots: every page of the console into docs/images/, at 1440 and at 390 px, and dark.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { openBrowser } from './browser.ts';
import { JANE, openWorld, serveFiles, signIn } from './world.ts';

const IMAGES = path.join(import.meta.dirname, '../../docs/images');
const LOOKS = [
  ['desktop', { width: 1440, height: 900 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'light'],
  ['dark', { width: 1440, height: 900 }, 'dark'],
] as const;
const PAGES = ['', 'webhooks', `people/${JANE}`, 'waiting', 'parked', 'mapping', 'setup'];

const browser = await openBrowser();
if (browser === null) process.exit(1);
const world = await openWorld();
mkdirSync(IMAGES, { recursive: true });
for (const [look, viewport, colorScheme] of LOOKS) {
  const context = await browser.newContext({ viewport, colorScheme });
  await serveFiles(context);
  const page = await context.newPage();
  await page.goto(`${world.relay.url}/console`);
  await page.screenshot({ path: path.join(IMAGES, `sign-in-${look}.png`) });
  await signIn(page, world.relay.url);
  for (const place of PAGES) {
    await page.goto(`${world.relay.url}/console/${place}`.replace(/\/$/, ''));
    const [name = ''] = place.split('/');
    const file = `${name === '' ? 'overview' : name.replace('people', 'person')}-${look}.png`;
    await page.screenshot({ path: path.join(IMAGES, file) });
  }
  await page.goto(`${world.relay.url}/console/people/${JANE}`);
  await page.getByRole('link', { name: 'invoice.paid' }).first().click();
  await page.screenshot({ path: path.join(IMAGES, `webhook-${look}.png`) });
  await context.close();
}
await browser.close();
await world.close();
