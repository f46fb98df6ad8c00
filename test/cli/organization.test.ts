// lifecycle organization and lifecycle link, for a company at the real Worker: what is shown fits 80 columns, and says who was
// told what.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { OrganizationView } from '../../src/console/organization-contract.ts';
import * as v from '../../src/platform/schema.ts';
import { stripeEvent, subscription } from '../../src/samples/stripe.ts';
import { until } from '../../src/start/until.ts';
import { openCompany } from '../console/company.ts';
import type { Company } from '../console/company.ts';
import { ADMIN_TOKEN, post, startRelay } from '../support/relay.ts';
import { lifecycle, lifecycleJson } from './lifecycle.ts';

let company: Company;
let env: Record<string, string>;

beforeAll(async () => {
  company = await openCompany();
  env = { ADMIN_TOKEN, RELAY_URL: company.relay.url };
});
afterAll(() => company.close());

const run = (...args: string[]) => lifecycle(args, { env });

describe('lifecycle organization', () => {
  it('shows members, billing and who was told what, within 80 columns', async () => {
    const { code, out } = await run('organization', 'org_acme');
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[0]).toBe('Acme  org_acme');
    expect(out).toMatch(/seats +5 paid for; 3 in it\n/);
    expect(out).toMatch(/sub_acme +team +active +495\.00 usd +user_cyacme\n/);
    expect(out).toContain('Stripe customer: cus_acme\n');
    expect(out).toMatch(/user_adaacme +org:admin +\d{4}-\d\d-\d\d +yes\n/);
    expect(out).toMatch(/user_cyacme +org:member +\d{4}-\d\d-\d\d +of what they bought\n/);
    const failed = lines.filter((line) => line.includes('payment_failed'));
    expect(failed.map((line) => line.slice(18).replaceAll(/ +/g, ' ').trim()).toSorted()).toEqual([
      'user_adaacme payment_failed landed, mailed',
      'user_bobacme payment_failed landed, mailed',
      'user_cyacme payment_failed landed, mailed',
    ]);
    expect(out).toMatch(/Its shard s\d: delivery runs, 0 pending\./);
  });

  it('answers in --json exactly as the contract says', async () => {
    const { json } = await lifecycleJson(['organization', 'org_acme'], { env });
    const read = v.safeParse(OrganizationView, json);
    expect(read.success && read.output).toEqual(json);
    expect(json).toMatchObject({ id: 'org_acme', next: null, lane: { waiting: 0, unheard: 0 } });
  });

  it('says of one that nobody has heard of what to look at, and of a wrong id what it is', async () => {
    const unknown = await run('organization', 'org_nobody');
    expect(unknown.err).toContain('The relay has never heard of org_nobody.\nIs ORGANIZATIONS on,');
    expect(unknown.code).toBe(1);
    const wrong = await run('organization', 'acme');
    expect(wrong.err).toContain('"acme" is no id of an organization.');
    expect(wrong.code).toBe(2);
    const person = await run('person', 'org_acme');
    expect(person.err).toBe('org_acme is an organization.\nlifecycle organization org_acme\n');
  });
});

describe('lifecycle link', () => {
  it('gives a customer to an organization, and says that it is one', async () => {
    const waits = subscription({ id: 'sub_hand', customer: 'cus_hand', metadata: {} });
    await post(company.relay, 'stripe', stripeEvent('customer.subscription.created', waits));
    const { out, code } = await run('link', 'cus_hand', 'org_acme');
    expect(out).toBe('cus_hand is the organization org_acme. What waited for it is on its way.\n');
    expect(code).toBe(0);
    const landed = until(async () =>
      (await run('organization', 'org_acme')).out.includes('sub_hand'),
    );
    expect(await landed).toBe(true);
  });

  it('gives none to an organization where organizations are off', async () => {
    const relay = await startRelay({
      CUSTOMERIO_TRACK_TOKEN: 'company-key',
      CUSTOMERIO_PIPELINES_URL: `${company.emulator.url}/v1`,
      SHARDS: '2',
    });
    const off = { ...env, RELAY_URL: relay.url };
    const { err, code } = await lifecycle(['link', 'cus_off', 'org_acme'], { env: off });
    const unknown = await lifecycle(['organization', 'org_acme'], { env: off });
    await relay.close();
    expect(err).toContain('Organizations are off at this Worker: org_acme cannot have a customer.');
    expect(code).toBe(1);
    expect(unknown.err).toContain('The relay has never heard of org_acme.');
  });
});
