// npm run screenshots: every page of the console into docs/images/, at 1440 and at 390 px, and dark.

import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { Page } from 'playwright-core';

import { openBrowser } from './browser.ts';
import { openCompany } from './company.ts';
import { JANE, openWorld, serveFiles, signIn } from './world.ts';

const IMAGES = path.join(import.meta.dirname, '../../docs/images');
const LOOKS = [
  ['desktop', { width: 1440, height: 900 }, 'light'],
  ['phone', { width: 390, height: 844 }, 'light'],
  ['dark', { width: 1440, height: 900 }, 'dark'],
] as const;
/** What each picture is called, and where it is. */
const PAGES = {
  overview: '',
  webhooks: '/webhooks',
  people: '/people',
  person: `/people/${JANE}`,
  waiting: '/waiting',
  parked: '/parked',
  mapping: '/mapping',
  sync: '/sync',
  setup: '/setup',
} as const;

const browser = await openBrowser();
if (browser === null) process.exit(1);
const [world, company] = [await openWorld(), await openCompany()];
// One trait is another there, so that a picture shows how that is marked.
const { people } = await world.emulator.state();
const { createdAt, ...traits } = people[JANE]?.traits ?? {};
const attributes = { ...traits, created_at: String(createdAt), firstName: 'Augusta' };
world.app.people([{ id: JANE, attributes }]);
mkdirSync(IMAGES, { recursive: true });
for (const [look, viewport, colorScheme] of LOOKS) {
  const context = await browser.newContext({ viewport, colorScheme });
  await serveFiles(context);
  const page = await context.newPage();
  const keep = (name: string) =>
    page.screenshot({ path: path.join(IMAGES, `${name}-${look}.png`) });
  await page.goto(`${world.relay.url}/console`);
  await keep('sign-in');
  await signIn(page, world.relay.url);
  for (const [name, place] of Object.entries(PAGES)) {
    await page.goto(`${world.relay.url}/console${place}`);
    await actAt(page, name);
    await keep(name);
  }
  await page.goto(`${world.relay.url}/console/people/${JANE}`);
  await page.getByRole('link', { name: 'invoice.paid' }).first().click();
  await keep('webhook');
  await context.clearCookies();
  await signIn(page, company.relay.url);
  await page.goto(`${company.relay.url}/console/organizations/${company.organizationId}`);
  await keep('organization');
  await context.close();
}
await browser.close();
await world.close();
await company.close();

/** What a page is for is seen once something was asked of it. */
async function actAt(page: Page, name: string): Promise<void> {
  const press = (label: string) => page.getByRole('button', { name: label }).first().click();
  if (name === 'mapping') {
    const option = page.locator('option', { hasText: /^invoice\.paid/ }).first();
    await page.getByLabel('Recent webhook').selectOption(await option.getAttribute('value'));
    await page.getByText('Beside it, under other tables').click();
    await page.getByLabel('EVENTS').fill('payment_succeeded = Receipt');
    await page.getByLabel('PLANS').fill('price_team = Gold');
    await press('Explain');
    await page.getByRole('heading', { name: 'As it would be' }).waitFor();
  }
  if (name === 'sync') {
    await press('Count for a refresh');
    await page
      .getByRole('heading', { name: /^refresh \(count\) done/ })
      .first()
      .waitFor();
    await page.reload();
  }
  if (name === 'setup') await press('Send a test webhook');
}
