// Members whom a list has shown are told later, all at once: until then their own shard has not heard where they are.

import { describe, expect, it } from 'vitest';

import { readConfig } from '../../src/config/config.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { shardOf } from '../../src/platform/shards.ts';
import { clerkMembership, clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import { ACME, AT, clerk } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld, SHARDS } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

const TYPED = { ORGANIZATION_OBJECT_TYPE: '2' };

const configured = readConfig({ ORGANIZATIONS: 'on' });
if (!configured.ok) throw new Error(configured.problems.join());
const { read: READ } = configured.config;

/** As a backfill hands it over. */
async function listed(world: CompanyWorld, user: string, role: string): Promise<void> {
  const object = clerkMembership({
    id: `orgmem_${user}`,
    role,
    organization: clerkOrganization({ ...ACME, created_by: null, created_at: AT, updated_at: AT }),
    public_user_data: { user_id: user },
    created_at: AT,
    updated_at: AT,
  });
  const clerks = PROVIDERS.find(({ name }) => name === 'clerk');
  const json = clerkEvent('organizationMembership.updated', object, AT);
  const reading = clerks?.read(
    { json, deliveryId: `list_${user}`, receivedAt: world.world.now() },
    READ,
  );
  if (reading?.kind !== 'event') throw new Error('no event');
  const { id, type, news } = reading;
  const event = { provider: 'clerk', id, type, customerId: null, news };
  const arrival = {
    userId: 'org_acme',
    event: { ...event, isListed: true, isSilent: true } as const,
  };
  const shard = world.outboxes[shardOf('org_acme', SHARDS)];
  await world.world.answered(
    shard?.call(async (code) => code.acceptMany([arrival])) ??
      Promise.reject(new Error('no shard')),
  );
}

function signsUp(user: string) {
  return clerkEvent('user.created', clerkUser({ id: user }), AT);
}

function named(user: string, calls: readonly Call[]) {
  return calls
    .filter(({ userId }) => userId === user)
    .map(({ type, event }) => String(event ?? type));
}

describe('a member whom a list has shown', () => {
  it('is not brought back by the object, if they are deleted before they are told', async () => {
    const world = openCompanyWorld(TYPED);
    await clerk(world, signsUp('user_bob'));
    await listed(world, 'user_bob', 'org:admin');
    await world.world.pass(10_000);
    const gone = clerkEvent('user.deleted', { id: 'user_bob', deleted: true }, AT + 9000);
    await world.world.answered(world.send('clerk', gone, 'gone'));
    await world.world.pass(10_000);
    const data = clerkOrganization({ ...ACME, name: 'New', created_at: AT, updated_at: AT + 9000 });
    await world.world.answered(
      world.send('clerk', clerkEvent('organization.updated', data, AT + 9000), 'renamed'),
    );
    await world.world.pass(2 * 3_600_000);
    const told = named('user_bob', world.news());
    expect(told.at(-1)).toBe('User Deleted');
    expect(JSON.stringify(world.everything()).includes('user_bob')).toBe(false);
  });

  it('stands in no row once they are deleted, also where so many are told nothing', async () => {
    const world = openCompanyWorld({ ...TYPED, ORGANIZATION_FANOUT_MAX: 1 });
    await clerk(world, signsUp('user_bob'));
    for (const user of ['user_ada', 'user_bob', 'user_cy']) {
      await listed(world, user, user === 'user_ada' ? 'org:admin' : 'org:member');
    }
    await world.world.pass(2 * 3_600_000);
    expect(named('user_cy', world.news())).toEqual(['group']);
    const gone = clerkEvent('user.deleted', { id: 'user_bob', deleted: true }, AT + 9000);
    await world.world.answered(world.send('clerk', gone, 'gone'));
    await world.settled();
    expect(JSON.stringify(world.everything()).includes('user_bob')).toBe(false);
  });
});
