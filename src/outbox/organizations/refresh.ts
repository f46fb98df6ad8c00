// Refresh of an organization: where what its members are told of it has another name by the configuration of today, they are told by
// a fan-out, and its object at once. Counted are the members, by the traits that differ, and the object.

import { asMapped } from '../../person/mapping.ts';
import { wireTraits } from '../../person/messages.ts';
import { stateOf, summaryOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { MessageContext } from '../people/recorded.ts';
import { NOBODY } from '../people/refreshed.ts';
import type { Refreshed } from '../people/refreshed.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { withObject } from './objects.ts';
import { recordOrganization } from './record.ts';

/** Members are seen as people. */
export function refreshOrganization(
  tables: Tables,
  organization: Person,
  { isDryRun, ...context }: MessageContext & { readonly isDryRun: boolean },
): Refreshed {
  const { options } = context;
  const { summary: known } = stateOf(organization);
  if (options.organizations === undefined) return NOBODY;
  const mapped = asMapped(organization, options.mapping);
  const summary = summaryOf(mapped, options.freePlan);
  const isOther = known !== undefined && JSON.stringify(summary) !== JSON.stringify(known);
  const due = isOther ? tables.members.count(personKey(organization.userId)) : 0;
  const objects = withObject(tables, mapped, context).messages.length;
  if (!isDryRun) {
    const change = { before: organization, person: organization, moments: [] };
    recordOrganization(tables, change, context);
  }
  const isPlan = due > 0 && summary.plan !== known?.plan;
  const [name = ''] = Object.keys(wireTraits({ organizationPlan: summary.plan }, options));
  return { ...NOBODY, due: due + objects, traits: isPlan ? { [name]: due } : {} };
}
