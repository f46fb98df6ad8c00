// The console in a real browser, over the real Worker: what an operator comes for, by the sentences they would say.

import { execFileSync } from 'node:child_process';
import path from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { ADMIN_TOKEN, CLERK_SECRET, delivered, post, STRIPE_SECRET } from '../support/relay.ts';
import { openBrowser } from './browser.ts';
import { HOSTILE, JANE, LINK, openWorld, parkedIn, serveFiles, signIn, signUp } from './world.ts';
import type { World } from './world.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const PLACES = [
  '',
  '/webhooks',
  '/people',
  `/people/${JANE}`,
  '/waiting',
  '/parked',
  '/mapping',
  '/sync',
  '/setup',
];

const browser: Browser | null = await openBrowser();
let world: World;
let context: BrowserContext;
let page: Page;
let home: string;
/** Somebody has signed in: it takes some seconds on a busy machine, and no test needs it anew. */
let signedIn: Awaited<ReturnType<BrowserContext['storageState']>>;

beforeAll(async () => {
  if (browser === null) return;
  world = await openWorld();
  home = `${world.relay.url}/console`;
  const first = await browser.newContext();
  await signIn(await first.newPage(), world.relay.url);
  signedIn = await first.storageState();
  await first.close();
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

beforeEach(async () => {
  if (browser === null) return;
  context = await browser.newContext({ storageState: signedIn });
  await serveFiles(context);
  page = await context.newPage();
});

afterEach(() => context?.close());

it('names of files fit what is in them', () => {
  const script = path.join(ROOT, 'src/console/make-assets.mjs');
  expect(() =>
    execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' }),
  ).not.toThrow();
});

describe.skipIf(browser === null)('an operator', () => {
  it('finds a person by email and reads what was told them', async () => {
    await page.goto(home);
    await page.getByLabel('Find a person').fill('ADA@example.test');
    await page.getByLabel('Find a person').press('Enter');
    await page.getByRole('heading', { name: 'What they were told' }).waitFor();
    expect(page.url()).toBe(`${home}/people/${JANE}`);
    expect(await page.title()).not.toContain('Ada');
    expect(await page.getByRole('main').innerText()).toContain('payment_succeeded');
  });

  it('finds a person by customer and by subscription', async () => {
    for (const id of ['cus_jane', 'sub_jane']) {
      await page.goto(`${home}/people?q=${id}`);
      expect(page.url()).toBe(`${home}/people/${JANE}`);
    }
  });

  it('learns in three clicks why a person got a mail', async () => {
    await page.goto(home);
    await page.getByLabel('Find a person').fill('ada@example.test');
    await page.getByLabel('Find a person').press('Enter');
    await page.getByRole('link', { name: 'invoice.paid' }).first().click();
    const text = await page.getByRole('main').innerText();
    expect(text).toContain('payment_succeeded');
    expect(text).toMatch(/The rule in EMAILS names message\s+receipt\s*: it was sent/);
    expect(text).toMatch(/Event\s+evt_/);
    expect(text).toContain('ledgers.cus_jane.totals.usd');
  });

  it('sends a filter to a colleague, whose browser shows the same', async () => {
    await page.goto(`${home}/webhooks`);
    await page.getByLabel('Provider').selectOption('stripe');
    await page.waitForURL(/provider=stripe/);
    const rows = await page.locator('tbody tr').allInnerTexts();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((row) => row.includes('stripe'))).toBe(true);
    const other = await (browser as Browser).newContext();
    await serveFiles(other);
    const theirs = await other.newPage();
    await signIn(theirs, world.relay.url);
    await theirs.goto(page.url());
    expect(await theirs.locator('tbody tr').count()).toBe(rows.length);
    await other.close();
  });

  it('shows what came before a time, which stands in the address', async () => {
    await page.goto(`${home}/webhooks`);
    await page.getByLabel('Before, UTC').fill('2100-01-01T00:00');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/before=2100-01-01T00%3A00/);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    expect(await page.getByLabel('Before, UTC').inputValue()).toBe('2100-01-01T00:00');
  });

  it('sees a new webhook come without loading the page anew, unless the list is stopped', async () => {
    await page.goto(`${home}/webhooks`);
    await page.getByRole('button', { name: 'Stop live' }).click();
    expect(await page.getByRole('button', { name: 'Go live' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Go live' }).click();
    await post(world.relay, 'clerk', signUp('user_live', 'Live', 'live@example.test'));
    await page.getByRole('link', { name: 'user_live' }).waitFor();
  });

  it('is told that an open page is no news any more, and why', async () => {
    await page.goto(home);
    const refresh = () => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await context.route(home, (route) => route.abort());
    await refresh();
    await page.getByRole('alert').filter({ hasText: 'the relay does not answer' }).waitFor();
    await context.unroute(home);
    await refresh();
    await page.locator('.stale').waitFor({ state: 'detached' });
    await context.clearCookies();
    await refresh();
    await page.getByRole('alert').filter({ hasText: 'your session has ended' }).waitFor();
  });

  it('reads why what was put back stays parked', async () => {
    await page.goto(`${home}/parked`);
    await page.getByRole('row', { name: 'object_unexpected' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Replay all 1' }).click();
    await page.getByText('0 replayed.').waitFor();
    const why = page.getByRole('alert').filter({ hasText: '1 not.' });
    expect(await why.innerText()).toContain('It is still unlike our schema, so it stays.');
  });

  it('replays a parked group and sees it land', async () => {
    await page.goto(`${home}/parked`);
    await page.getByRole('row', { name: 'request_invalid' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Replay all 2, of 1 person' }).click();
    await page.getByText('2 replayed.').waitFor();
    expect(await delivered(world.relay)).toBe(true);
    const { events } = await world.emulator.state();
    expect(events.some(({ userId }) => userId.startsWith('user_parked'))).toBe(true);
    await world.parkMessages();
  });

  it('repeats a replay without harm: the form of what is gone does nothing', async () => {
    await page.goto(`${home}/parked`);
    const before = await parkedIn(world.relay);
    const token = await page.locator('input[name=token]').first().inputValue();
    const answer = await page.request.post(`${home}/parked`, {
      form: { token, do: 'replay', id: 's0-999999' },
      headers: { origin: world.relay.url },
    });
    expect(answer.url()).toContain('count=0');
    expect(await parkedIn(world.relay)).toBe(before);
  });

  it('does everything once, however often its form is sent', async () => {
    await world.parkWebhooks(1);
    const waits = subscription({ id: 'sub_twice', customer: 'cus_twice', metadata: {} });
    await post(world.relay, 'stripe', stripeEvent('customer.subscription.created', waits));
    await page.goto(`${home}/parked`);
    await page.getByRole('row', { name: 'object_unexpected' }).getByRole('link').first().click();
    await page.getByRole('region', { name: 'Members' }).getByRole('link').last().click();
    const fields = page.locator('form').filter({ hasText: 'Discard 1' }).locator('input');
    const names = await fields.evaluateAll((all) =>
      all.map((each) => [each.getAttribute('name'), each.getAttribute('value')]),
    );
    const form: Record<string, string> = Object.fromEntries(names);
    const sent = async (place: string, more: Readonly<Record<string, string>>) => {
      const token = form['token'] ?? '';
      const headers = { origin: world.relay.url };
      return page.request.post(`${home}${place}`, { form: { ...more, token }, headers });
    };
    const link = { customerId: 'cus_twice', userId: 'user_seed6' };
    const told = async () => {
      expect(await delivered(world.relay)).toBe(true);
      const { events } = await world.emulator.state();
      return events.flatMap(({ userId, event }) =>
        /^user_seed[67]$/.test(userId) ? [`${userId} ${event}`] : [],
      );
    };
    const before = await parkedIn(world.relay);
    expect((await sent('/parked', form)).url()).toContain('did=discarded&count=1');
    await sent('/waiting/link', link);
    await sent('/people/user_seed7/forget', { typed: 'user_seed7' });
    const isAllTold = async () => {
      const all = await told();
      return (
        all.includes('user_seed6 subscription_started') && all.includes('user_seed7 User Deleted')
      );
    };
    expect(await until(isAllTold)).toBe(true);
    const once = await told();
    expect((await sent('/parked', form)).url()).toContain('did=discarded&count=0');
    expect((await sent('/waiting/link', link)).url()).toBe(`${home}/people/user_seed6?note=linked`);
    const gone = await sent('/people/user_seed7/forget', { typed: 'user_seed7' });
    expect(await gone.text()).toContain('This person is deleted.');
    expect(await told()).toEqual(once);
    expect(await parkedIn(world.relay)).toBe(before - 1);
  });

  it('discards more than a hundred in rounds that go on by themselves, and counts them', async () => {
    await world.parkWebhooks(229);
    await page.goto(`${home}/parked`);
    const before = await parkedIn(world.relay);
    await page.getByText(`Discard all ${before}, of `).waitFor();
    await page.getByRole('row', { name: 'object_unexpected' }).getByRole('link').first().click();
    await page.getByText('And 130 more.').waitFor();
    await page.getByText('Discard all 230', { exact: true }).click();
    await page.getByRole('button', { name: 'Discard 230', exact: true }).click();
    await page.getByText('100 looked at, 100 discarded, 130 to go.').waitFor();
    await page.getByText('230 discarded.').waitFor();
    expect(await parkedIn(world.relay)).toBe(before - 230);
    await world.parkWebhooks(1);
  });

  it('links by hand after reading how many events go to whom', async () => {
    await page.goto(`${home}/waiting`);
    await page.getByLabel('Clerk user of cus_waits').fill('user_seed1');
    await page.getByRole('button', { name: 'Look first' }).click();
    await page.getByText('1 waiting event will be released to this one person').waitFor();
    await page.getByRole('button', { name: 'Link', exact: true }).click();
    await page.waitForURL(`${home}/people/user_seed1?note=linked`);
    await page.getByText('It is linked. What waited comes below').waitFor();
    await until(async () => {
      await page.reload();
      return (await page.getByRole('main').innerText()).includes('customer.subscription.created');
    });
  });

  it('sends the identify again and watches it land', async () => {
    await page.goto(`${home}/people/user_seed2`);
    await page.getByRole('button', { name: 'Send the identify again' }).click();
    await page.getByText('The identify is on its way').waitFor();
    const newest = page.locator('.timeline > li').first();
    await newest.getByText('the relay itself').waitFor();
    await newest.getByText('landed').waitFor();
  });

  it('sees beside what is held what Customer.io shows, with what differs marked', async () => {
    world.app.people([{ id: 'user_seed3', attributes: { email: 'other@example.test' } }]);
    await page.goto(`${home}/people/user_seed3`);
    const row = page.getByRole('row', { name: /^email / });
    expect(await row.innerText()).toContain('other@example.test');
    expect(await row.getAttribute('class')).toBe('differs');
  });

  it('forgets a person only with the id typed', async () => {
    await page.goto(`${home}/people/user_seed4`);
    await page.getByText('Forget this person').first().click();
    await page.getByLabel('Clerk user id').fill('user_seed5');
    await page.getByRole('button', { name: 'Forget this person' }).click();
    await page.getByText('nothing was done').waitFor();
    await page.getByText('Forget this person').first().click();
    await page.getByLabel('Clerk user id').fill('user_seed4');
    await page.getByRole('button', { name: 'Forget this person' }).click();
    await page.getByRole('heading', { name: 'This person is deleted.' }).waitFor();
    await page.goto(`${home}/people/user_seed5`);
    await page.getByRole('heading', { name: 'Person 5' }).waitFor();
  });

  it('sees old and new side by side before anything is deployed', async () => {
    await page.goto(`${home}/mapping`);
    const body = JSON.stringify(signUp('user_mapped', 'Mapped', 'mapped@example.test'));
    await page.getByLabel('Payload, as JSON').fill(body);
    await page.getByText('Beside it, under other tables').click();
    await page.getByLabel('EVENTS').fill('user_created = "Signed Up"');
    await page.getByRole('button', { name: 'Explain' }).click();
    const text = await page.getByRole('main').innerText();
    expect(text).toMatch(/As it is[^]*user_created[^]*As it would be[^]*Signed Up/);
    await page.goto(`${home}/people/user_mapped`);
    await page.getByText('Nobody here is known by that.').waitFor();
  });

  it('picks a webhook that came not long ago, and sees whom other tables would touch', async () => {
    await page.goto(`${home}/mapping`);
    const option = page.locator('option', { hasText: /^invoice\.paid/ }).first();
    await page.getByLabel('Recent webhook').selectOption(await option.getAttribute('value'));
    await page.getByRole('button', { name: 'Explain' }).click();
    const alone = await page.getByRole('main').innerText();
    expect(alone).toMatch(/It would become[^]*payment_succeeded[^]*amount/);
    await page.getByText('Beside it, under other tables').click();
    await page.getByLabel('EVENTS').fill('payment_succeeded = Receipt Due');
    await page.getByLabel('PLANS').fill('price_team = Gold\nprice_pro = Gold');
    await page.getByRole('button', { name: 'Explain' }).click();
    const text = await page.getByRole('main').innerText();
    expect(text).toMatch(/As it is[^]*payment_succeeded[^]*As it would be[^]*Receipt Due/);
    const rows = page.getByRole('region', { name: 'Moments that would be told differently' });
    expect(await rows.innerText()).toMatch(/payment_succeeded[^]*Receipt Due/);
    // Whoever bought one of these plans, and nobody else: also whom another test has linked.
    const [, due, all] = /would identify (\d+) of (\d+) people/.exec(text) ?? [];
    const touched = page.getByText('For example').getByRole('link');
    expect(await touched.allInnerTexts()).toContain(JANE);
    expect(await touched.count()).toBe(Number(due));
    expect(Number(due)).toBeLessThan(Number(all) / 2);
    await page.goto(`${home}/people/${JANE}`);
    expect(await page.getByRole('main').innerText()).not.toMatch(/Gold|Receipt Due/);
  });

  it('sends a test webhook of each provider, which makes nobody', async () => {
    const people = async () => (await world.emulator.state()).identifies;
    const before = await people();
    for (const provider of ['clerk', 'stripe']) {
      await page.goto(`${home}/setup`);
      const section = page.locator('section').filter({ hasText: `/webhooks/${provider}` });
      await section.getByRole('button', { name: 'Send a test webhook' }).click();
      await section.getByText('Verified and answered ignored').waitFor();
      await section.getByRole('link', { name: 'See it among the webhooks' }).click();
      await page.getByText('lifecycle_relay.check').first().waitFor();
    }
    expect(await delivered(world.relay)).toBe(true);
    expect(await people()).toEqual(before);
  });

  it('works without script', async () => {
    const plain = await (browser as Browser).newContext({ javaScriptEnabled: false });
    await serveFiles(plain);
    const still = await plain.newPage();
    await signIn(still, world.relay.url);
    for (const place of PLACES) {
      await still.goto(`${home}${place}`);
      expect(await still.getByRole('heading', { level: 1 }).count()).toBe(1);
    }
    await still.goto(`${home}/webhooks`);
    await still.getByLabel('Outcome').selectOption('waiting');
    await still.getByRole('button', { name: 'Filter' }).click();
    expect(still.url()).toContain('outcome=waiting');
    await still.getByRole('button', { name: 'Sign out' }).click();
    await still.getByRole('heading', { name: 'Sign in' }).waitFor();
    await plain.close();
  });

  it('gets about by keyboard alone', async () => {
    await page.goto(home);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('To the page');
    const seen: string[] = [];
    for (let press = 0; press < 12; press += 1) {
      await page.keyboard.press('Tab');
      seen.push(await page.locator(':focus').innerText());
    }
    expect(seen).toEqual(
      expect.arrayContaining(['Overview', 'Webhooks', 'People', 'Parked', 'Setup']),
    );
  });
});

/** All of a page. In the dark nothing is another but colours. */
function axe(on: Page, colorScheme: 'light' | 'dark'): AxeBuilder {
  const all = new AxeBuilder({ page: on });
  return colorScheme === 'light' ? all : all.withRules(['color-contrast']);
}

function unfold(on: Page): Promise<unknown> {
  return on.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
}

describe.skipIf(browser === null)('every page', () => {
  it('has nothing that axe finds, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const place of PLACES) {
        await page.goto(`${home}${place}`);
        await unfold(page);
        const { violations } = await axe(page, colorScheme).analyze();
        const found = violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`);
        expect({ place, colorScheme, found }).toEqual({ place, colorScheme, found: [] });
      }
    }
  });

  it('fits a screen of 360 px and one of 1440', async () => {
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      for (const place of PLACES) {
        await page.goto(`${home}${place}`);
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        expect({ place, wide }).toEqual({ place, wide: width });
      }
    }
  });

  it('is under 60 kB, tells no secret, and asks nobody else for anything', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const place of PLACES) {
      const response = await page.goto(`${home}${place}`);
      const body = (await response?.body()) ?? Buffer.alloc(0);
      expect(body.length).toBeGreaterThan(500);
      expect(body.length).toBeLessThan(60_000);
      for (const secret of [ADMIN_TOKEN, CLERK_SECRET, STRIPE_SECRET, 'console-key', 'app-key']) {
        expect({ place, has: body.includes(secret) }).toEqual({ place, has: false });
      }
    }
    const elsewhere = asked.filter(
      (url) => !url.startsWith(world.relay.url) && !url.startsWith('data:'),
    );
    expect(elsewhere).toEqual([]);
  });

  it('shows a name with markup and direction controls as text', async () => {
    await page.goto(`${home}/people/user_hostile`);
    const heading = await page.getByRole('heading', { level: 1 }).innerText();
    // A name loses direction controls when it is read; a type that nobody knows is shown as it came.
    expect(heading).toBe(HOSTILE.replace('\u202E', ''));
    expect(await page.getByRole('main').innerHTML()).not.toContain('<script>alert');
    await page.goto(`${home}/mapping`);
    const payload = { type: `user.${HOSTILE}`, object: 'event', data: {} };
    await page.getByLabel('Payload, as JSON').fill(JSON.stringify(payload));
    await page.getByRole('button', { name: 'Explain' }).click();
    expect(await page.getByRole('main').innerText()).toContain('⟨U+202E⟩gnp.exe');
    expect(await page.locator('main script').count()).toBe(0);
  });
});

describe.skipIf(browser === null)('the way in', () => {
  it('ends with signing out, also for whoever has copied the cookie', async () => {
    // A session of its own: the other tests go on with theirs.
    await context.clearCookies();
    await signIn(page, world.relay.url);
    const cookies = await context.cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    expect(cookies[0]).toMatchObject({
      name: '__Host-lifecycle-console',
      httpOnly: true,
      secure: true,
      sameSite: 'Strict',
    });
    const before = await fetch(home, { headers: { cookie } });
    expect(before.status).toBe(200);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const after = await fetch(home, { headers: { cookie } });
    expect(after.status).toBe(401);
  });

  it('is open once by the link of npm start', async () => {
    const fresh = await (browser as Browser).newContext();
    const guest = await fresh.newPage();
    await guest.goto(`${home}/sign-in/${LINK}?to=/console/people/${JANE}`);
    expect(guest.url()).toBe(`${home}/people/${JANE}`);
    await fresh.clearCookies();
    const second = await guest.goto(`${home}/sign-in/${LINK}`);
    expect(second?.status()).toBe(401);
    await fresh.close();
  });

  it('takes the token as a tool sends it, too', async () => {
    const authorization = `Basic ${Buffer.from(`any:${ADMIN_TOKEN}`).toString('base64')}`;
    const answer = await fetch(home, { headers: { authorization } });
    expect(answer.status).toBe(200);
  });
});

describe.skipIf(browser === null)('somebody who has never seen the project', () => {
  it('answers five questions with the console alone', async () => {
    // 1. Why is delivery late? The page stays open, and says so by itself.
    await page.goto(home);
    await world.emulator.down();
    await post(world.relay, 'clerk', signUp('user_late', 'Late', 'late@example.test'));
    const late = page.locator('.verdict').filter({ hasText: 'Delivery is late' });
    await late.getByText('The other side cannot be reached.').waitFor();
    await page.getByText(/failing, \d+ times/).waitFor();
    const delivery = await page.getByRole('region', { name: 'Delivery, by shard' }).innerText();
    expect(delivery).toContain('The other side cannot be reached.');
    await world.emulator.up();
    // 2. Whose events wait, and why?
    const waiting = subscription({ id: 'sub_five', customer: 'cus_five', metadata: {} });
    await post(world.relay, 'stripe', stripeEvent('customer.subscription.created', waiting));
    await page.getByRole('link', { name: 'Waiting', exact: true }).click();
    const row = await page.getByRole('row', { name: /cus_five/ }).innerText();
    expect(row).toContain('Nobody has said yet whose this customer is');
    // 3. What will happen to this payload?
    await page.getByRole('link', { name: 'Mapping' }).click();
    const payload = JSON.stringify(stripeEvent('customer.subscription.created', waiting));
    await page.getByLabel('Payload, as JSON').fill(payload);
    await page.getByRole('button', { name: 'Explain' }).click();
    await page
      .getByText('It names no person: it waits until its customer is linked to one.')
      .waitFor();
    // 4. Why did Jane get two mails?
    await page.getByLabel('Find a person').fill('ada@example.test');
    await page.getByLabel('Find a person').press('Enter');
    await page.getByRole('heading', { name: 'What they were told' }).waitFor();
    const sent = page.locator('.timeline > li').filter({ hasText: 'it was sent' });
    expect(await sent.count()).toBe(2);
    expect(await sent.allInnerTexts()).toEqual([
      expect.stringMatching(/invoice\.paid[^]*payment_succeeded/),
      expect.stringMatching(/invoice\.paid[^]*payment_succeeded/),
    ]);
    // 5. Put the parked ones back.
    await page.getByRole('link', { name: 'Parked', exact: true }).click();
    await page.getByRole('button', { name: /^Replay all \d+, of \d+ pe/ }).click();
    await page.getByText(/\d+ replayed\./).waitFor();
    await until(async () => (await parkedIn(world.relay)) === 2);
    expect(await delivered(world.relay)).toBe(true);
    await page.goto(`${home}/parked`);
    expect(await page.getByRole('main').innerText()).not.toContain('request_invalid');
  });
});
