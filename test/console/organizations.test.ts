// An organization's page in a real browser, over the real Worker: found from wherever it is named, and saying who was told.

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { delivered, post } from '../support/relay.ts';
import { openBrowser } from './browser.ts';
import { openCompany } from './company.ts';
import type { Company } from './company.ts';
import { HOSTILE, serveFiles, signIn } from './world.ts';

const ACME = '/organizations/org_acme';

const browser: Browser | null = await openBrowser();
let company: Company;
let context: BrowserContext;
let page: Page;
let home: string;
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  if (browser === null) return;
  company = await openCompany();
  home = `${company.relay.url}/console`;
  const first = await browser.newContext();
  await signIn(await first.newPage(), company.relay.url);
  signedIn = await first.storageState();
  await first.close();
});

afterAll(async () => {
  await browser?.close();
  await company?.close();
});

beforeEach(async () => {
  if (browser === null) return;
  context = await browser.newContext({ storageState: signedIn });
  await serveFiles(context);
  page = await context.newPage();
});

afterEach(() => context?.close());

const main = () => page.getByRole('main').innerText();

describe.skipIf(browser === null)('an organization', () => {
  it.each(['org_acme', 'acme', 'Acme-Acme', 'cus_acme', 'sub_acme'])(
    'is found by %s',
    async (wanted) => {
      await page.goto(home);
      await page.getByLabel('Find a person').fill(wanted);
      await page.getByLabel('Find a person').press('Enter');
      await page.getByRole('heading', { name: 'What was told to whom' }).waitFor();
      expect(page.url()).toBe(`${home}${ACME}`);
      expect(await page.title()).not.toContain('Acme');
    },
  );

  it('shows the dunning mail of each admin and of who bought, and that nobody else got one', async () => {
    await page.goto(`${home}${ACME}`);
    const [failed = '', ...more] = await page
      .locator('.timeline > li')
      .filter({ hasText: 'payment_failed' })
      .allInnerTexts();
    expect(more).toEqual([]);
    const told = failed.split('\n').filter((line) => line.includes('user_'));
    expect(told.map((line) => line.trim().replaceAll(/\s+/g, ' '))).toEqual([
      'user_adaacme landed mailed',
      'user_bobacme landed mailed',
      'user_cyacme landed mailed',
    ]);
    const mailed = company.app.mails.map(({ to }) => String(to));
    expect(mailed.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      'ada@acme.test',
      'bob@acme.test',
      'cy@acme.test',
    ]);
  });

  it('shows its members with their roles, what it pays, and which number the seats are', async () => {
    await page.goto(`${home}${ACME}`);
    const rows = await page
      .getByRole('region', { name: 'Members' })
      .locator('tbody tr')
      .allInnerTexts();
    // Cy has bought it, and is no admin.
    expect(rows.map((row) => row.split(/\s+/).slice(0, 6).join(' '))).toEqual([
      expect.stringMatching(/^user_adaacme org:admin yes /),
      expect.stringMatching(/^user_bobacme org:admin yes /),
      'user_cyacme org:member of what they bought',
    ]);
    const paid = await page.getByRole('region', { name: 'Subscriptions' }).innerText();
    expect(paid).toMatch(/sub_acme\s+team\s+active\s+495\.00 usd\s+user_cyacme/);
    expect(await main()).toMatch(/Seats paid for\s+5\s+Members here\s+3/);
  });

  it('is a click away from a member’s page, from what they were told, and back', async () => {
    await page.goto(`${home}/people/user_bobacme`);
    await page.getByRole('link', { name: 'Acme', exact: true }).click();
    expect(page.url()).toBe(`${home}${ACME}`);
    await page.getByRole('link', { name: 'user_bobacme' }).first().click();
    await page.locator('.timeline').getByRole('link', { name: 'org_acme' }).first().click();
    expect(page.url()).toBe(`${home}${ACME}`);
    const badge = page.locator('.timeline > li').filter({ hasText: 'payment_failed' });
    await badge.getByRole('link', { name: 'landed' }).first().click();
    await page.getByRole('heading', { name: /^payment_failed/ }).waitFor();
    await page.getByRole('main').getByRole('link', { name: 'org_acme' }).first().click();
    expect(page.url()).toBe(`${home}${ACME}`);
  });

  it('is told of the left member that they left, and not as one of its members', async () => {
    await page.goto(`${home}${ACME}`);
    expect(await page.getByRole('region', { name: 'Members' }).innerText()).not.toContain(
      'user_dee',
    );
    const left = page.locator('.timeline > li').filter({ hasText: 'organization_left' });
    expect(await left.innerText()).toContain('user_deeacme');
  });

  it('gets a waiting customer by hand, after the page has said what goes where', async () => {
    const waits = subscription({ id: 'sub_more', customer: 'cus_more', metadata: {} });
    await post(company.relay, 'stripe', stripeEvent('customer.subscription.created', waits));
    await page.goto(`${home}/waiting`);
    await page.getByLabel('Clerk user of cus_more').fill('org_acme');
    await page.getByRole('button', { name: 'Look first' }).click();
    await page.getByText('1 waiting event will be released to this organization').waitFor();
    await page.getByRole('button', { name: 'Link', exact: true }).click();
    await page.waitForURL(`${home}${ACME}`);
    await until(async () => {
      await page.reload();
      return (await main()).includes('sub_more');
    });
    await page.goto(`${home}/webhooks`);
    await page.getByRole('link', { name: 'org_acme' }).first().click();
    await page.waitForURL(`${home}${ACME}`);
  });

  it('has a name that is text, whatever stands in it', async () => {
    const organization = clerkOrganization({ id: 'org_hostile', name: HOSTILE, slug: 'x' });
    await post(
      company.relay,
      'clerk',
      clerkEvent('organization.created', organization, Date.now()),
    );
    await page.goto(`${home}/organizations/org_hostile`);
    const heading = await page.getByRole('heading', { level: 1 }).innerText();
    expect(heading).toBe(HOSTILE.replace('\u202E', ''));
    expect(await page.locator('main script').count()).toBe(0);
  });

  it('is nobody where nothing was heard of it, and a hash where it is deleted', async () => {
    const answer = await page.goto(`${home}/organizations/org_unheard`);
    expect(answer?.status()).toBe(404);
    expect(await main()).toContain('is ORGANIZATIONS on');
    const gone = { object: 'organization', id: 'org_gone', deleted: true };
    const organization = clerkOrganization({ id: 'org_gone', name: 'Gone', slug: 'gone' });
    const at = Date.now();
    await post(company.relay, 'clerk', clerkEvent('organization.created', organization, at));
    await post(company.relay, 'clerk', clerkEvent('organization.deleted', gone, at + 1));
    await delivered(company.relay);
    await page.goto(`${home}/people/org_gone`);
    await page.getByRole('heading', { name: 'This organization is deleted.' }).waitFor();
    expect(await main()).not.toContain('Gone');
  });
});

/** All of a page. In the dark nothing is another but colours. */
function axe(colorScheme: 'light' | 'dark'): AxeBuilder {
  const all = new AxeBuilder({ page });
  return colorScheme === 'light' ? all : all.withRules(['color-contrast']);
}

describe.skipIf(browser === null)('its page', () => {
  it('has nothing that axe finds, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const place of [ACME, '/organizations/org_none']) {
        await page.goto(`${home}${place}`);
        await page.evaluate(
          "for (const each of document.querySelectorAll('details')) each.open = true",
        );
        const { violations } = await axe(colorScheme).analyze();
        const found = violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`);
        expect({ place, colorScheme, found }).toEqual({ place, colorScheme, found: [] });
      }
    }
  });

  it('fits a phone and a desk, is under 60 kB, and works without script', async () => {
    const plain = await (browser as Browser).newContext({
      javaScriptEnabled: false,
      storageState: signedIn,
    });
    await serveFiles(plain);
    const still = await plain.newPage();
    const answer = await still.goto(`${home}${ACME}`);
    expect((await answer?.body())?.length).toBeLessThan(60_000);
    expect(await still.getByRole('heading', { level: 1 }).innerText()).toBe('Acme');
    await plain.close();
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto(`${home}${ACME}`);
      await page.getByText('Its attributes').click();
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect({ width, wide }).toEqual({ width, wide: width });
    }
  });
});
