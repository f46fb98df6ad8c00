// Organizations that were there before, and what was lost of them since: what it costs, who is told what, and what must not happen.

import { describe, expect, it } from 'vitest';

import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { subscription } from '../../src/samples/stripe.ts';
import type { ApiObject } from '../emulator/population.ts';
import { createWorld } from '../simulation/world.ts';
import { apiOf, isSettled, ON, sendAll } from './companies-world.ts';
import type { AtProviders } from './companies-world.ts';
import { HOUR_MS, MINUTE_MS, names, pass } from './heal-world.ts';
import { openRelayWorld } from './relay-world.ts';
import type { RelayWorld } from './relay-world.ts';

const MEMBERS = 40;
const LEFT = 'user_7';
const OTHERS = ['org_other', 'org_a', 'org_b', 'org_c'];

type Held = { -readonly [Name in keyof AtProviders]: AtProviders[Name] };

/** A company of forty that pays by Stripe, as of `at`, and others of one. */
function companyAt(at: number): Held {
  const organization = (id: string, name: string) =>
    clerkOrganization({
      id,
      name,
      created_by: 'user_0',
      private_metadata: { stripeCustomerId: id.replace('org_', 'cus_X') },
      created_at: at,
      updated_at: at,
    });
  const acme = organization('org_acme', 'Acme');
  const others = OTHERS.map((id) => organization(id, id));
  const users = Array.from({ length: MEMBERS }, (_, index) =>
    clerkUser({ id: `user_${index}`, created_at: at + index, updated_at: at + index }),
  );
  const memberships = users.map(({ id }, index) => memberOf(acme, String(id), at + index));
  const bought = subscription({ id: 'sub_acme', customer: 'cus_Xacme' });
  const customer = { id: 'cus_Xacme', object: 'customer', metadata: {}, invoice_settings: {} };
  return {
    users: users.map((user, index) => ({ ...user, last_active_at: index + 1 })),
    organizations: [acme, ...others],
    memberships: [...memberships, ...others.map((each) => memberOf(each, 'user_0', at))],
    subscriptions: [{ ...bought, customer }],
    invoices: [],
    items: [],
    events: [],
    asked: [],
  };
}

function memberOf(organization: ApiObject, user: string, at: number): ApiObject {
  return clerkMembership({
    id: `orgmem_${user}_${String(organization['id'])}`,
    role: user === 'user_0' ? 'org:admin' : 'org:member',
    organization,
    public_user_data: { user_id: user, identifier: 'x@example.test' },
    created_at: at,
    updated_at: at,
  });
}

function open(more: Readonly<Record<string, unknown>> = {}, made = -100 * HOUR_MS) {
  const world = createWorld(1);
  const held = companyAt(world.now() + made);
  const relay = openRelayWorld(world, apiOf(world, held, 0), { ...ON, ...more });
  return { world, held, relay };
}

/** Everybody, by webhooks that have come. */
async function known(made?: number) {
  const found = open({}, made);
  const { world, held, relay } = found;
  const sent = [
    ...held.users.map((user) => ['user.created', user] as const),
    ...held.organizations.map((each) => ['organization.created', each] as const),
    ...held.memberships.map((each) => ['organizationMembership.created', each] as const),
  ].map(([type, object], index) => {
    const json = clerkEvent(type, object, world.now());
    return { provider: 'clerk', id: `msg_${index}`, at: world.now(), json };
  });
  await sendAll(relay, sent);
  await relay.until(() => isSettled(relay));
  return { ...found, heard: { clerk: world.now(), stripe: world.now() } };
}

/** Of each member, the identifies that name an organization. */
function toldOf(relay: RelayWorld): Record<string, string[]> {
  const told: Record<string, string[]> = {};
  for (const message of relay.messages()) {
    if (message.type !== 'identify' || message.traits['organizationId'] === undefined) continue;
    const { organizationId, organizationPlan } = message.traits;
    const line = `${String(organizationId)} ${String(organizationPlan)}`;
    told[message.userId] = [...(told[message.userId] ?? []), line];
  }
  return told;
}

/** As months later: no key of what was told is there any more. */
function forgetTold(relay: RelayWorld): void {
  for (const { db } of relay.all) {
    const tables = db.prepare(`SELECT name FROM sqlite_master WHERE name GLOB 'seen_*'`).all();
    for (const { name } of tables) db.exec(`DELETE FROM ${String(name)}`);
  }
}

function isIn(relay: RelayWorld, user: string, organization = 'org_acme'): boolean {
  const membership = relay.people().get(user)?.memberships?.[organization];
  return (membership?.member ?? null) !== null;
}

describe('a backfill', () => {
  it('tells every member once how their company is, and nothing that happened', async () => {
    const { relay } = open();
    await relay.runs({ kind: 'backfill' });
    await relay.until(() => isSettled(relay));
    const { user_0: ofSeveral, ...told } = toldOf(relay);
    expect(Object.keys(told)).toHaveLength(MEMBERS - 1);
    expect([...new Set(Object.values(told).map((lines) => lines.join()))]).toEqual([
      'org_acme pro',
    ]);
    expect(ofSeveral?.length).toBeLessThanOrEqual(5);
    expect(relay.told()).toEqual([]);
    expect(relay.traits()['user_0']).toMatchObject({ organizationsCount: 5, plan: null });
  });

  it('counts the rows that telling members will cost, and repeats for nothing', async () => {
    const { relay } = open();
    await relay.runs({ kind: 'backfill', only: 'clerk', dryRun: true });
    const opened = relay.rowsWritten();
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    const counted = (await relay.job())?.rows.written ?? 0;
    await relay.until(() => isSettled(relay));
    const written = relay.rowsWritten() - opened;
    expect(counted).toBeGreaterThan(written * 0.85);
    expect(counted).toBeLessThan(written * 1.15);
    // A row for each page of it, and none for each member.
    expect(relay.people().get('org_acme')?.organization?.version).toBeLessThan(4);
    const before = relay.dump();
    await relay.runs({ kind: 'backfill', only: 'clerk' });
    await relay.until(() => isSettled(relay));
    expect(relay.dump()).toEqual(before);
  });

  it('counts organizations and memberships in a dry run', async () => {
    const { relay } = open();
    await relay.runs({ kind: 'backfill', dryRun: true });
    const seen = (await relay.job())?.lists.map((list) => [list.name, list.seen]);
    expect(Object.fromEntries(seen ?? [])).toMatchObject({
      clerk_organizations: 5,
      clerk_memberships: MEMBERS + 4,
    });
    expect(relay.people().size).toBe(0);
  });

  it('makes nobody a profile by their company alone', async () => {
    const { relay } = open();
    await relay.runs({ kind: 'backfill', activeSince: 30 });
    await relay.until(() => isSettled(relay));
    const told = relay.messages().flatMap((each) => ('userId' in each ? [each.userId] : []));
    const profiles = new Set(told);
    expect(profiles.size).toBe(10);
    expect(isIn(relay, 'user_35')).toBe(true);
  });

  it('asks for none where organizations are off', async () => {
    const { relay, held } = open({ ORGANIZATIONS: 'off' });
    await relay.runs({ kind: 'backfill' });
    await relay.runs({ kind: 'reconcile', since: 1 });
    expect(held.asked?.filter((path) => path.includes('organization'))).toEqual([]);
    expect([...relay.people().keys()].some((id) => id.startsWith('org_'))).toBe(false);
  });
});

describe('by itself', () => {
  it('tells who joined while webhooks were lost, once, and who joined before us never', async () => {
    const { world, held, relay } = open();
    const heard = { clerk: world.now() };
    const [acme = {}] = held.organizations;
    const late = memberOf(acme, 'user_late', world.now() + MINUTE_MS);
    held.memberships.push(late);
    await pass(world, relay, 4 * HOUR_MS, heard);
    await relay.until(() => isSettled(relay));
    expect(names(relay)).toEqual(['organization_joined']);
    await sendAll(relay, [
      {
        provider: 'clerk',
        id: 'msg_late',
        at: 0,
        json: clerkEvent('organizationMembership.created', late, world.now()),
      },
    ]);
    await relay.until(() => isSettled(relay));
    expect(names(relay)).toEqual(['organization_joined']);
    expect(isIn(relay, 'user_3')).toBe(true);
    forgetTold(relay);
    await pass(world, relay, 3 * HOUR_MS);
    expect(names(relay)).toEqual(['organization_joined']);
  });

  it('takes from who has left without a word what they had of it, after an hour', async () => {
    const { world, held, relay, heard } = await known();
    await pass(world, relay, 10 * MINUTE_MS, heard);
    const gone = held.memberships.findIndex((each) => each['id'] === `orgmem_${LEFT}_org_acme`);
    const [left = {}] = held.memberships.splice(gone, 1);
    await pass(world, relay, 75 * MINUTE_MS);
    expect(isIn(relay, LEFT)).toBe(true);
    await pass(world, relay, 3 * HOUR_MS);
    expect(isIn(relay, LEFT)).toBe(false);
    expect(names(relay)).not.toContain('organization_left');
    const json = clerkEvent('organizationMembership.deleted', left, world.now());
    await sendAll(relay, [{ provider: 'clerk', id: 'msg_left', at: 0, json }]);
    await relay.until(() => isSettled(relay));
    expect(names(relay).filter((name) => name === 'organization_left')).toHaveLength(1);
  });

  it('takes who left without a word and came back with another role for no change of role', async () => {
    const { world, held, relay, heard } = await known();
    const at = held.memberships.findIndex((each) => each['id'] === `orgmem_${LEFT}_org_acme`);
    const [acme = {}] = held.organizations;
    const again = { ...memberOf(acme, LEFT, world.now() + MINUTE_MS), role: 'org:admin' };
    held.memberships.splice(at, 1, { ...again, id: 'orgmem_again' });
    await pass(world, relay, 4 * HOUR_MS, heard);
    await relay.until(() => isSettled(relay));
    expect(relay.traits()[LEFT]).toMatchObject({ organizationRole: 'org:admin' });
    expect(names(relay)).not.toContain('organization_role_changed');
  });

  it('tells of an organization that is gone, after an hour', async () => {
    const { world, held, relay, heard } = await known();
    held.organizations = held.organizations.filter(({ id }) => id !== 'org_other');
    held.memberships = held.memberships.filter(({ id }) => !String(id).endsWith('org_other'));
    await pass(world, relay, 75 * MINUTE_MS, heard);
    expect(isIn(relay, 'user_0', 'org_other')).toBe(true);
    await pass(world, relay, 3 * HOUR_MS);
    await relay.until(() => isSettled(relay));
    expect(isIn(relay, 'user_0', 'org_other')).toBe(false);
    expect(names(relay).filter((name) => name === 'organization_deleted')).toHaveLength(1);
    expect(isIn(relay, 'user_0')).toBe(true);
  });
});

describe('nobody leaves', () => {
  it('whom a list leaves out, and who is there when asked for alone', async () => {
    const { world, held, relay, heard } = await known();
    const [acme] = held.organizations;
    const of = (ids: readonly string[]) =>
      held.memberships.filter((each) => ids.some((id) => each['id'] === `orgmem_${id}_org_acme`));
    held.instead = ({ pathname, searchParams }) => {
      const ids = searchParams.getAll('user_id[]');
      if (pathname === '/v1/organizations') {
        const data = [{ ...acme, members_count: MEMBERS - 1 }, ...held.organizations.slice(1)];
        return Response.json({ data, total_count: 5 });
      }
      if (!pathname.endsWith('/memberships') || ids.length < 2) return null;
      const data = of(ids.filter((id) => id !== LEFT));
      return Response.json({ data, total_count: data.length });
    };
    await pass(world, relay, 4 * HOUR_MS, heard);
    const alone = `user_id%5B%5D=${LEFT}`;
    expect(held.asked?.some((path) => path.endsWith(`limit=500&${alone}`))).toBe(true);
    expect(isIn(relay, LEFT)).toBe(true);
  });

  it('and no organization is gone, by a key that became another instance’s', async () => {
    const { world, held, relay, heard } = await known();
    held.instead = ({ pathname, searchParams }) => {
      if (pathname !== '/v1/organizations' || !searchParams.has('organization_id[]')) return null;
      const data = held.organizations.filter(({ id }) => id !== 'org_other');
      return Response.json({ data, total_count: 4 });
    };
    await pass(world, relay, 70 * MINUTE_MS, heard);
    let asked = 0;
    held.instead = ({ pathname }) => {
      if (pathname === '/v1/instance' && asked > 0) return Response.json({ id: 'ins_other' });
      if (!pathname.startsWith('/v1/organizations/')) return null;
      asked += 1;
      return Response.json({}, { status: 404 });
    };
    await pass(world, relay, 4 * HOUR_MS);
    expect(asked).toBeGreaterThan(0);
    expect(isIn(relay, 'user_0', 'org_other')).toBe(true);
  });
});
