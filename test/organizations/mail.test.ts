// Mail by rule goes to each who is told, to their own verified address, and to nobody else.

import { expect, it } from 'vitest';

import { clerkEmail, clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { invoice, stripeEvent } from '../../src/samples/stripe.ts';
import { AT, buys, clerk, joins, membership, stripe, tracks } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';

const MAILING = {
  CUSTOMERIO_APP_TOKEN: 'app-key',
  CUSTOMERIO_APP_URL: 'https://api.test/v1',
  EMAILS: { payment_failed: 12 },
};

it('mails everybody with the role and who bought, each once, with the company in it', async () => {
  const world = openCompanyWorld(MAILING);
  const people = { ada: 'org:admin', bob: 'org:member', cy: 'org:member', dee: 'org:admin' };
  for (const [name, role] of Object.entries(people)) {
    const emails = [clerkEmail('idn_1', `${name}@example.test`)];
    const user = clerkUser({ id: `user_${name}`, email_addresses: emails });
    await clerk(world, clerkEvent('user.created', user, AT));
    await clerk(world, joins(`user_${name}`, role));
  }
  await stripe(world, buys());
  // Dee has left when it happens.
  const left = { user: 'user_dee', role: 'org:admin', at: AT + 1 };
  await clerk(world, membership('deleted', left));
  world.news();
  // Nothing that is long ago is mailed.
  const created = Math.floor(world.world.now() / 1000);
  const failed = () => {
    const subscription_details = { subscription: 'sub_acme', metadata: { orgId: 'org_acme' } };
    const parent = { type: 'subscription_details', subscription_details } as const;
    const object = invoice({ id: 'in_9', customer: 'cus_acme', status: 'open', parent });
    return stripeEvent('invoice.payment_failed', object, { id: 'evt_failed', created });
  };
  await stripe(world, failed());
  await stripe(world, failed());
  const told = tracks(world.news()).filter((line) => line.endsWith('payment_failed'));
  expect(told).toEqual(['user_ada payment_failed', 'user_bob payment_failed']);
  await world.world.pass(60_000);
  const mailed = world.mails.map(({ to, identifiers, message_data: data }) => ({
    to,
    id: Object(identifiers).id,
    company: Object(data).organization_name,
  }));
  expect(mailed.toSorted((a, b) => (String(a.to) < String(b.to) ? -1 : 1))).toEqual([
    { to: 'ada@example.test', id: 'user_ada', company: 'Acme' },
    { to: 'bob@example.test', id: 'user_bob', company: 'Acme' },
  ]);
});

it('mails an admin of two companies about each, and about one of them once', async () => {
  const world = openCompanyWorld(MAILING);
  const emails = [clerkEmail('idn_1', 'ada@example.test')];
  const user = clerkUser({ id: 'user_ada', email_addresses: emails });
  await clerk(world, clerkEvent('user.created', user, AT));
  for (const id of ['org_acme', 'org_bolt']) {
    const organization = { id, name: id };
    await clerk(world, joins('user_ada', 'org:admin', { organization }));
  }
  const created = Math.floor(world.world.now() / 1000);
  for (const [index, of] of ['acme', 'bolt', 'acme'].entries()) {
    await world.linkByHand(`cus_${of}`, `org_${of}`);
    const about = { id: `in_${index}`, customer: `cus_${of}`, status: 'open' } as const;
    const id = `evt_${index}`;
    await stripe(world, stripeEvent('invoice.payment_failed', invoice(about), { id, created }));
  }
  await world.world.pass(60_000);
  const companies = world.mails.map(({ message_data: data }) => Object(data).organization_id);
  expect(companies).toEqual(['org_acme', 'org_bolt']);
});
