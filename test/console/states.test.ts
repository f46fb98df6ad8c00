// Every page in every state that a visit without trouble does not show: one webhook, link, group, parked thing, what is
// refused, what is not there, what a form answers. Each is whole for axe, in light and dark, on a desk and on a phone.

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { until } from '../../src/start/until.ts';
import { ADMIN_TOKEN, delivered, post } from '../support/relay.ts';
import { openBrowser } from './browser.ts';
import { JANE, openWorld, serveFiles, signIn, signUp } from './world.ts';
import type { World } from './world.ts';

const browser: Browser | null = await openBrowser();
const WHO = 'user_two1';
let world: World;
let context: BrowserContext;
let page: Page;
let home: string;

beforeAll(async () => {
  if (browser === null) return;
  world = await openWorld(2);
  home = `${world.relay.url}/console`;
  for (const id of [WHO, 'user_two2']) {
    await post(world.relay, 'clerk', signUp(id, 'Same', 'same@example.test'));
  }
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  await fetch(`${world.relay.url}/admin/people/user_seed1`, { method: 'DELETE', headers });
  await delivered(world.relay);
  world.app.people([{ id: WHO, attributes: { email: 'other@example.test' } }]);
  context = await browser.newContext();
  await serveFiles(context);
  page = await context.newPage();
  await signIn(page, world.relay.url);
});

afterAll(async () => {
  await browser?.close();
  await world?.close();
});

async function go(path: string): Promise<void> {
  await page.goto(`${home}${path}`);
}

async function press(name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().click();
}

async function firstIn(table: string): Promise<void> {
  await page.getByRole('region', { name: table }).getByRole('link').first().click();
}

async function explain(payload: string, events = ''): Promise<void> {
  await go('/mapping');
  await page.getByLabel('Payload, as JSON').fill(payload);
  await page.getByText('Beside it, under other tables').click();
  await page.getByLabel('EVENTS').fill(events);
  await press('Explain');
  await page.waitForLoadState();
}

async function find(wanted: string): Promise<void> {
  await go('/people');
  await page.getByLabel('Email or id').fill(wanted);
  await page.getByLabel('Email or id').press('Enter');
}

/** As another browser, which has no session. */
async function withoutSession(path: string): Promise<void> {
  const kept = await context.cookies();
  await context.clearCookies();
  await go(path);
  if (path === '/sign-in') {
    await page.getByLabel('Admin token').fill('a-wrong-token-of-that-length');
    await press('Sign in');
    await page.getByRole('alert').waitFor();
  }
  await context.addCookies(kept);
}

/** State → how somebody gets there, and what its page says then. */
const STATES: Readonly<Record<string, readonly [() => Promise<void>, string | RegExp]>> = {
  'one webhook, which mailed': [
    async () => {
      await go(`/people/${JANE}`);
      await page.getByRole('link', { name: 'invoice.paid' }).first().click();
    },
    'What it changed',
  ],
  'webhooks as they came': [() => go('/webhooks'), 'user.created'],
  'webhooks of which none is like that': [() => go('/webhooks?type=x'), 'None of the newest'],
  'webhooks of a time before any came': [
    () => go('/webhooks?before=2020-01-01T00:00'),
    'None of the newest',
  ],
  'webhooks of a time that is none': [
    () => go('/webhooks?before=yesterday'),
    'expected a time such as',
  ],
  'a person whom Customer.io shows otherwise': [() => go(`/people/${WHO}`), 'otherwise'],
  'a person whose identify is on its way': [() => go(`/people/${WHO}?note=sent`), 'on its way'],
  'a person whose id was mistyped': [() => go(`/people/${WHO}?note=typed`), 'nothing was done'],
  'somebody who is deleted': [() => go('/people/user_seed1'), 'This person is deleted.'],
  'somebody nobody knows': [() => go('/people/user_nobody'), 'Nobody here is known by that.'],
  'two of one email': [() => find('same@example.test'), /user_two1[^]*user_two2/],
  'an email of nobody': [() => find('nobody@example.test'), 'Nobody here is known by that.'],
  'a link, looked at first': [
    () => go(`/waiting/link?customer=cus_waits&person=${WHO}`),
    '1 waiting event will be released to this one person',
  ],
  'a link that moves a customer': [
    () => go(`/waiting/link?customer=cus_jane&person=${WHO}`),
    'leaves its present owner',
  ],
  'a link to somebody deleted': [
    () => go('/waiting/link?customer=cus_waits&person=user_seed1'),
    'nothing can be linked here any more',
  ],
  'a link of nothing': [() => go('/waiting/link?customer=x&person=y'), 'Nothing was linked.'],
  'what was put back': [() => go('/parked?did=replayed&count=2'), '2 replayed.'],
  'a parked group': [
    async () => {
      await go('/parked');
      await firstIn('Groups');
    },
    'parked alike',
  ],
  'one parked thing': [
    async () => {
      await go('/parked');
      await firstIn('Groups');
      await firstIn('Members');
    },
    'All of it, personal data included',
  ],
  'a group that is gone': [() => go('/parked/group?of=x'), 'Nothing of this is parked any more.'],
  'a payload under two mappings': [
    () => explain(JSON.stringify(signUp('user_m', 'M', 'm@example.test')), 'user_created = "Came"'),
    /As it is[^]*As it would be/,
  ],
  'a payload that is none': [() => explain('{}'), 'neither an event nor an object'],
  'a mapping that is wrong': [() => explain('{}', 'user_created = ""'), 'EVENTS'],
  'sync, a count made': [
    async () => {
      await go('/sync');
      await press('Count for a refresh');
      await page
        .getByRole('heading', { name: /^refresh[^]*done/ })
        .first()
        .waitFor();
    },
    'Jobs',
  ],
  'sync, not counted yet': [() => go('/sync?note=count_first'), 'Count first'],
  'sync, a job at work': [() => go('/sync?note=busy'), 'A job is at work'],
  'sync, refused': [() => go('/sync?note=kind_unknown'), 'Nothing was begun.'],
  'an address of nothing': [() => go('/nowhere'), 'There is nothing at this address.'],
  'a webhook that is gone': [() => go('/webhooks/s0-999999'), 'It is here no more'],
  'a replay of what stays parked': [
    () => go('/parked?did=replayed&count=0&stay=1&why=unreadable'),
    'It is still unlike our schema, so it stays.',
  ],
  'a person whose customer was linked': [
    () => go(`/people/${WHO}?note=linked`),
    'What waited comes below',
  ],
  'a form of another session': [
    async () => {
      await go('/mapping');
      await page.getByLabel('Payload, as JSON').fill('{}');
      await page.evaluate(
        "for (const field of document.querySelectorAll('[name=token]')) field.value = 'x'",
      );
      await press('Explain');
    },
    'The form is of another session.',
  ],
  'signing in': [() => withoutSession('/webhooks?provider=stripe'), 'Sign in'],
  'signing in with a wrong token': [
    () => withoutSession('/sign-in'),
    'The admin token is another one',
  ],
};

/** The last of all: its shard delivers nothing any more. */
const PAUSED = {
  'an overview of a shard that is paused': [
    async () => {
      await world.emulator.script('401,'.repeat(200));
      await post(world.relay, 'clerk', signUp('user_paused', 'P', 'p@example.test'));
      await until(async () => {
        await go('');
        return (await page.getByRole('main').innerText()).includes('paused: credentials_invalid');
      });
    },
    /needs? you[^]*key[^]*paused: credentials_invalid/,
  ],
} as const;

/** On a phone in the dark nothing is another but colours and sizes. */
const LOOKS = [
  { colorScheme: 'light', width: 1440, rules: [] },
  {
    colorScheme: 'dark',
    width: 360,
    rules: ['color-contrast', 'target-size', 'scrollable-region-focusable'],
  },
] as const;

describe.skipIf(browser === null).each(Object.entries({ ...STATES, ...PAUSED }))(
  '%s',
  (_, [get, says]) => {
    it('says what it is, fits, and axe finds nothing, with all that folds open', async () => {
      await get();
      const isSaid = async () => {
        const text = await page.getByRole('main').innerText();
        return typeof says === 'string' ? text.includes(says) : says.test(text);
      };
      expect(await until(isSaid, 60_000)).toBe(true);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      for (const { colorScheme, width, rules } of LOOKS) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await page.evaluate(
          "for (const each of document.querySelectorAll('details')) each.open = true",
        );
        const wide = await page.evaluate('document.documentElement.scrollWidth');
        const axe = new AxeBuilder({ page });
        if (rules.length > 0) axe.withRules([...rules]);
        const { violations } = await axe.analyze();
        const found = violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html ?? ''}`);
        expect({ colorScheme, width, wide, found }).toEqual({
          colorScheme,
          width,
          wide: width,
          found: [],
        });
      }
    });
  },
);
