// Weigh: whether an organization is too large to tell all of its members how it is. Read-only.

import type { MessageOptions } from '../../person/messages.ts';
import { stateOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import type { Large } from './large.ts';

/** What it is by the configuration of today; as it was where that does not say. */
export function weighed(
  { large, members }: Pick<Tables, 'large' | 'members'>,
  organization: Person,
  { organizations: options }: MessageOptions,
): Large | null {
  const org = personKey(organization.userId);
  const known = large.find(org);
  if (options === undefined) return known;
  const { roles, membersMax } = options;
  if (members.count(org) <= membersMax) return null;
  const isAsBefore = JSON.stringify(known?.roles) === JSON.stringify(roles);
  return isAsBefore ? known : { since: stateOf(organization).version, roles };
}
