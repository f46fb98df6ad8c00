// Large: organizations of more members than are all told how it is (ORGANIZATION_FANOUT_MAX); of those the others are told only
// that they are in it. It is weighed when a fan-out begins, and holds for whoever joins until the next one. Synchronous.

import { own } from '../../person/own.ts';
import { openRecord } from '../../platform/records.ts';
import type { Run } from '../../platform/sql.ts';
import type { Erased } from '../erased.ts';

/** Since which version those without one of these roles are told no more. */
export type Large = { readonly since: number; readonly roles: readonly string[] };

/** `org` is the key of the organization's row. */
export function openLarge(run: Run) {
  const record = openRecord<Readonly<Record<string, Large>>>(run, 'state', 'large');

  function find(org: string): Large | null {
    return own(record.read() ?? {}, org);
  }

  /** Null: it is not, any more. */
  function save(org: string, large: Large | null): void {
    if (JSON.stringify(find(org)) === JSON.stringify(large)) return;
    const { [org]: _, ...others } = record.read() ?? {};
    record.save(large === null ? others : { ...others, [org]: large });
  }

  function forget({ person }: Pick<Erased, 'person'>): void {
    save(person, null);
  }

  return { find, save, forget, count: () => Object.keys(record.read() ?? {}).length };
}

/** Since which version one of this role is told no more than that they are in it; null: they are told all. */
export function briefSince(large: Large | null, role: string | null): number | null {
  return large === null || large.roles.includes(role ?? '') ? null : large.since;
}
