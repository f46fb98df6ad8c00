// What the organizations of a shard hold about one person: their row among the members, what is on its way to them, and where
// an organization's own row names them. Read-only; it asks every organization, because only an export is worth that.

import { stateOf } from '../../person/organization.ts';
import { heldRow, heldRows } from '../../platform/held.ts';
import type { Held } from '../../platform/held.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';

/** `ids`: what the person is known by; of somebody deleted the hash stands. */
export function heldInOrganizations({ members, notices, people }: Tables, ids: readonly string[]) {
  const rows = members.ofPerson([...ids, ...ids.map(personKey)]);
  const named = rows.flatMap((row): Held[] => {
    const organization = people.find(String(row['org'])) ?? null;
    if (organization === null) return [];
    const { facet, buyers, object } = stateOf(organization);
    const bought = Object.keys(buyers).filter((name) => ids.includes(buyers[name] ?? ''));
    const isMaker = ids.includes(facet?.createdBy ?? '');
    const isThrough = ids.includes(object?.through ?? '');
    const { userId: id } = organization;
    return [heldRow('organizations', { id, name: facet?.name, isMaker, bought, isThrough })];
  });
  return [...named, ...heldRows('members', rows), ...heldRows('notices', notices.ofPerson(ids))];
}
