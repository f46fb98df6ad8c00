// Golden: whole messages about who is in an organization, and about its object, as they go over the wire: who makes it, joins, is
// something else, leaves, and its end.

import { expect, it } from 'vitest';

import { clerkOrganization } from '../../src/samples/clerk-organization.ts';
import { clerkEvent } from '../../src/samples/clerk.ts';
import { ACME, AT, clerk, joins, membership } from './acme.ts';
import type { Call } from './acme.ts';
import { openCompanyWorld } from './company-world.ts';
import type { CompanyWorld } from './company-world.ts';

/** Everything on the wire but the two that are made of the others. */
function wire(calls: readonly Call[]) {
  return calls.map(({ messageId, timestamp, ...rest }) => {
    expect({ messageId, timestamp }).toEqual({
      messageId: expect.stringMatching(/^\w{26}$/),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    return rest;
  });
}

/** Ada alone, with an object. */
async function small(): Promise<CompanyWorld> {
  const world = openCompanyWorld({ ORGANIZATION_OBJECT_TYPE: 3 });
  const made = clerkOrganization({ ...ACME, created_at: AT, updated_at: AT });
  await clerk(world, clerkEvent('organization.created', made, AT));
  return world;
}

const EVE = { user: 'user_eve', role: 'org:member' };

it('who makes one, joins, is something else and leaves', async () => {
  const world = await small();
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "event": "organization_created",
        "properties": {
          "organization_id": "org_acme",
          "organization_name": "Acme",
          "role": null,
        },
        "type": "track",
        "userId": "user_ada",
      },
    ]
  `);
  await clerk(world, joins('user_ada', 'org:admin'));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": "org_acme",
          "organizationName": "Acme",
          "organizationPlan": null,
          "organizationRole": "org:admin",
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 1,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_ada",
      },
      {
        "groupId": "org_acme",
        "traits": {
          "object_type_id": "3",
          "relationshipAttributes": {
            "joinedAt": 1795132800,
            "role": "org:admin",
          },
        },
        "type": "group",
        "userId": "user_ada",
      },
      {
        "event": "organization_joined",
        "properties": {
          "organization_id": "org_acme",
          "organization_name": "Acme",
          "role": "org:admin",
        },
        "type": "track",
        "userId": "user_ada",
      },
      {
        "groupId": "org_acme",
        "traits": {
          "createdAt": 1795132800,
          "domain": null,
          "membersCount": null,
          "name": "Acme",
          "object_type_id": "3",
          "plan": null,
          "slug": "acme",
        },
        "type": "group",
        "userId": "user_ada",
      },
    ]
  `);
  await clerk(world, joins('user_eve', 'org:member'));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": "org_acme",
          "organizationName": "Acme",
          "organizationPlan": null,
          "organizationRole": "org:member",
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 1,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_eve",
      },
      {
        "groupId": "org_acme",
        "traits": {
          "object_type_id": "3",
          "relationshipAttributes": {
            "joinedAt": 1795132800,
            "role": "org:member",
          },
        },
        "type": "group",
        "userId": "user_eve",
      },
      {
        "event": "organization_joined",
        "properties": {
          "organization_id": "org_acme",
          "organization_name": "Acme",
          "role": "org:member",
        },
        "type": "track",
        "userId": "user_eve",
      },
    ]
  `);
  await clerk(world, membership('updated', { ...EVE, role: 'org:admin', at: AT + 1 }));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": "org_acme",
          "organizationName": "Acme",
          "organizationPlan": null,
          "organizationRole": "org:admin",
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 1,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_eve",
      },
      {
        "groupId": "org_acme",
        "traits": {
          "object_type_id": "3",
          "relationshipAttributes": {
            "joinedAt": 1795132800,
            "role": "org:admin",
          },
        },
        "type": "group",
        "userId": "user_eve",
      },
      {
        "event": "organization_role_changed",
        "properties": {
          "from_role": "org:member",
          "organization_id": "org_acme",
          "organization_name": "Acme",
          "role": "org:admin",
        },
        "type": "track",
        "userId": "user_eve",
      },
    ]
  `);
  await clerk(world, membership('deleted', { ...EVE, at: AT + 2 }));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": null,
          "organizationName": null,
          "organizationPlan": null,
          "organizationRole": null,
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 0,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_eve",
      },
      {
        "event": "Relationship Deleted",
        "properties": {
          "objectId": "org_acme",
          "objectTypeId": 3,
        },
        "type": "track",
        "userId": "user_eve",
      },
      {
        "event": "organization_left",
        "properties": {
          "organization_id": "org_acme",
          "organization_name": "Acme",
          "role": "org:member",
        },
        "type": "track",
        "userId": "user_eve",
      },
    ]
  `);
});

it('an organization that is something else, and one that is deleted', async () => {
  const world = await small();
  await clerk(world, joins('user_ada', 'org:admin'));
  await clerk(world, joins('user_eve', 'org:member'));
  world.news();
  const domain = { id: 'orgdmn_1', organization_id: 'org_acme', name: 'acme.test' };
  await clerk(world, clerkEvent('organizationDomain.created', domain, AT));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "groupId": "org_acme",
        "traits": {
          "createdAt": 1795132800,
          "domain": "acme.test",
          "membersCount": null,
          "name": "Acme",
          "object_type_id": "3",
          "plan": null,
          "slug": "acme",
        },
        "type": "group",
        "userId": "user_ada",
      },
    ]
  `);
  const renamed = clerkOrganization({
    ...ACME,
    name: 'Acme Ltd',
    members_count: 2,
    updated_at: AT + 3,
  });
  await clerk(world, clerkEvent('organization.updated', renamed, AT + 3));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "groupId": "org_acme",
        "traits": {
          "createdAt": 1764000000,
          "domain": "acme.test",
          "membersCount": 2,
          "name": "Acme Ltd",
          "object_type_id": "3",
          "plan": null,
          "slug": "acme",
        },
        "type": "group",
        "userId": "user_ada",
      },
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": "org_acme",
          "organizationName": "Acme Ltd",
          "organizationPlan": null,
          "organizationRole": "org:member",
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 1,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_eve",
      },
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": "org_acme",
          "organizationName": "Acme Ltd",
          "organizationPlan": null,
          "organizationRole": "org:admin",
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 1,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_ada",
      },
    ]
  `);
  const gone = { object: 'organization', id: 'org_acme', slug: 'acme', deleted: true };
  await clerk(world, clerkEvent('organization.deleted', gone, AT + 4));
  expect(wire(world.news())).toMatchInlineSnapshot(`
    [
      {
        "anonymousId": "org_acme",
        "event": "Object Deleted",
        "properties": {
          "objectId": "org_acme",
          "objectTypeId": 3,
        },
        "type": "track",
      },
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": null,
          "organizationName": null,
          "organizationPlan": null,
          "organizationRole": null,
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 0,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_ada",
      },
      {
        "event": "Relationship Deleted",
        "properties": {
          "objectId": "org_acme",
          "objectTypeId": 3,
        },
        "type": "track",
        "userId": "user_ada",
      },
      {
        "event": "organization_deleted",
        "properties": {
          "organization_id": "org_acme",
          "organization_name": "Acme Ltd",
          "organization_role": "org:admin",
          "payer": "organization",
        },
        "type": "track",
        "userId": "user_ada",
      },
      {
        "traits": {
          "organizationCancelAt": null,
          "organizationCurrentPeriodEndsAt": null,
          "organizationId": null,
          "organizationName": null,
          "organizationPlan": null,
          "organizationRole": null,
          "organizationSeats": null,
          "organizationSubscriptionStatus": null,
          "organizationTrialEndsAt": null,
          "organizationsCount": 0,
          "plan": null,
        },
        "type": "identify",
        "userId": "user_eve",
      },
      {
        "event": "Relationship Deleted",
        "properties": {
          "objectId": "org_acme",
          "objectTypeId": 3,
        },
        "type": "track",
        "userId": "user_eve",
      },
    ]
  `);
});
