// Refresh of an organization: where what its members are told of it has another name by the configuration of today, they are told by
// a fan-out, and its object at once. Counted are the members, by the traits that differ, and the object.

import { asMapped } from '../../person/mapping.ts';
import { wireTraits } from '../../person/messages.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { stateOf, summaryOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { MessageContext } from '../people/recorded.ts';
import { NOBODY } from '../people/refreshed.ts';
import type { Refreshed } from '../people/refreshed.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { withObject } from './objects.ts';
import { recordOrganization } from './record.ts';
import { weighed } from './weigh.ts';

/** Members are seen as people. */
export function refreshOrganization(
  tables: Tables,
  organization: Person,
  { isDryRun, ...context }: MessageContext & { readonly isDryRun: boolean },
): Refreshed {
  const { options } = context;
  if (options.organizations === undefined) return NOBODY;
  const mapped = asMapped(organization, options.mapping);
  const { due, isPlan, isWeighedAnew } = membersDue(tables, mapped, options);
  const objects = withObject(tables, mapped, context).messages.length;
  if (!isDryRun) {
    const change = { before: organization, person: organization, moments: [] };
    recordOrganization(tables, change, context);
    if (isWeighedAnew) tables.fanOuts.start(mapped.userId, stateOf(mapped).version);
  }
  const [name = ''] = Object.keys(wireTraits({ organizationPlan: null }, options));
  return { ...NOBODY, due: due + objects, traits: isPlan ? { [name]: due } : {} };
}

/** `isWeighedAnew`: it tells others of them how it is, and that is the same. */
function membersDue(tables: Tables, mapped: Person, options: MessageOptions) {
  const org = personKey(mapped.userId);
  const { summary: known } = stateOf(mapped);
  const summary = summaryOf(mapped, options.freePlan);
  const isOther = known !== undefined && JSON.stringify(summary) !== JSON.stringify(known);
  const large = JSON.stringify(weighed(tables, mapped, options));
  const isWeighedAnew = !isOther && large !== JSON.stringify(tables.large.find(org));
  const due = isOther || isWeighedAnew ? tables.members.count(org) : 0;
  return { due, isWeighedAnew, isPlan: isOther && due > 0 && summary.plan !== known.plan };
}
