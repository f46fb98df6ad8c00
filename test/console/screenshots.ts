// npm run screenshots: every page of the console into docs/images/, at 1440 and at 390 px, and dark.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { Page } from 'playwright-core';

import { openBrowser } from './browser.ts';
import { JANE, openWorld, serveFiles, signIn } from './world.ts';

const IMAGES = path.join(import.meta.dirname, '../../docs/images');
const LOOKS = [
  ['desktop', { width: 1440, height: 900 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'light'],
  ['dark', { width: 1440, height: 900 }, 'dark'],
] as const;
const PAGES = ['', 'webhooks', `people/${JANE}`, 'waiting', 'parked', 'mapping', 'sync', 'setup'];

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
    await actAt(page, place);
    const file = `${name === '' ? 'overview' : name.replace('people', 'person')}-${look}.png`;
    await page.screenshot({ path: path.join(IMAGES, file) });
  }
  await page.goto(`${world.relay.url}/console/people/${JANE}`);
  await page.getByRole('link', { name: 'invoice.paid' }).first().click();
  await page.screenshot({ path: path.join(IMAGES, `webhook-${look}.png`) });
  await context.close();
}
/** What a page is for is seen once something was asked of it. */
async function actAt(page: Page, place: string): Promise<void> {
  const press = (name: string) => page.getByRole('button', { name }).first().click();
  if (place === 'mapping') {
    const option = page.locator('option', { hasText: /^invoice\.paid/ }).first();
    await page.getByLabel('Recent webhook').selectOption(await option.getAttribute('value'));
    await page.getByText('Beside it, under other tables').click();
    await page.getByLabel('EVENTS').fill('payment_succeeded = Receipt');
    await page.getByLabel('PLANS').fill('price_team = Gold');
    await press('Explain');
    await page.getByRole('heading', { name: 'As it would be' }).waitFor();
  }
  if (place === 'sync') {
    await press('Count for a refresh');
    await page
      .getByRole('heading', { name: /^refresh \(count\) done/ })
      .first()
      .waitFor();
    await page.reload();
  }
  if (place === 'setup') await press('Send a test webhook');
}

await browser.close();
await world.close();
