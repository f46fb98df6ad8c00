// Organizations, live, where they are on: is the object type the one that was meant, and has Clerk organizations at all? What
// Clerk's endpoint subscribes to no API tells: that is said as it is.

import { asking } from '../../apis/ask-json.ts';
import * as v from '../../platform/schema.ts';
import { needSafe } from '../terminal/address.ts';
import { persistently } from '../terminal/http.ts';
import { sayFailure } from '../terminal/say.ts';
import type { Session } from '../terminal/session.ts';
import { ok, problem, warning } from './check.ts';
import type { Check } from './check.ts';
import { clerkParty } from './providers.ts';

/** What no API tells. */
export const ORGANIZATION_EVENTS =
  'Cannot be checked from here: whether the endpoint at Clerk sends organization.*, organizationMembership.* and organizationDomain.* (Configure > Webhooks). Without them no member is known. After a change in an organization: lifecycle organization org_...';

/** https://docs.customer.io/integrations/api/app/tag/objects/getobjecttypes/ */
const ObjectTypes = v.object({
  types: v.array(
    v.object({
      id: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
      name: v.string(),
      enabled: v.optional(v.boolean(), true),
    }),
  ),
});

type ObjectType = v.InferOutput<typeof ObjectTypes>['types'][number];

const Organizations = v.object({ total_count: v.optional(v.number(), 0) });

export function hasOrganizations({ settings }: Session): boolean {
  return settings.config?.messages.organizations !== undefined;
}

/** Nothing where organizations are off. */
export async function organizationChecks(session: Session): Promise<(Check | null)[]> {
  const options = session.config().messages.organizations;
  if (options === undefined) return [];
  const type = options.objectType;
  return [await clerkOrganizations(session), type === null ? null : await typeCheck(session, type)];
}

async function typeCheck(session: Session, type: number): Promise<Check> {
  const name = 'object type';
  if (session.config().customerio.appToken === null) {
    return warning(
      name,
      `whether there is a type ${type} cannot be asked without CUSTOMERIO_APP_TOKEN`,
      'Compare it: Customer.io > Settings > Workspace settings > Custom objects.',
    );
  }
  const { options, net, party } = session.app();
  const ask = asking({ baseUrl: options.baseUrl, key: options.token }, net);
  const request = { method: 'GET', path: '/object_types', schema: ObjectTypes } as const;
  const answer = await persistently(() => ask(request), session.out.note);
  if (answer.kind === 'ok') return typeAmong(answer.value.types, type);
  const { sentence, todo } = sayFailure(answer, party);
  return problem(name, sentence, todo);
}

function typeAmong(types: readonly ObjectType[], wanted: number): Check {
  const name = 'object type';
  const found = types.find(({ id }) => id === String(wanted));
  if (found?.enabled === true) {
    return ok(name, `organizations are objects of type ${wanted}, "${found.name}"`);
  }
  const there = types.map(({ id, name: each }) => `${id} "${each}"`).join(', ');
  const todo =
    'Make one (Customer.io > Settings > Workspace settings > Custom objects), or correct ORGANIZATION_OBJECT_TYPE in wrangler.toml: until then what is sent of organizations goes nowhere.';
  return found === undefined
    ? problem(name, `there is no type ${wanted}; there is ${there || 'none at all'}`, todo)
    : problem(name, `type ${wanted}, "${found.name}", is not enabled`, todo);
}

async function clerkOrganizations(session: Session): Promise<Check | null> {
  const { baseUrl, key } = session.config().lookups.clerk;
  if (key === null) return null;
  needSafe(baseUrl, 'CLERK_SECRET_KEY');
  const ask = asking({ baseUrl, key }, session.others);
  const request = {
    method: 'GET',
    path: '/v1/organizations?limit=1',
    schema: Organizations,
  } as const;
  const answer = await persistently(() => ask(request), session.out.note);
  // A key that may not ask at all is found by what is asked of users.
  if (answer.kind === 'refused' && answer.status === 403) {
    return problem(
      'Clerk organizations',
      'are not enabled in this instance (403), and ORGANIZATIONS is on',
      'Clerk > Configure > Organizations, or set ORGANIZATIONS = "off".',
    );
  }
  if (answer.kind === 'ok') {
    return ok('Clerk organizations', `are enabled, ${answer.value.total_count} of them`);
  }
  const { sentence, todo } = sayFailure(answer, clerkParty(baseUrl));
  return warning('Clerk organizations', sentence, todo);
}
