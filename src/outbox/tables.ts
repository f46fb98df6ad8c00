// Everything one outbox shard stores, and how a deleted person leaves all of it. Synchronous; the callers decide what is
// one transaction. What is in memory (newest tables, last seq) is a copy of what the tables say: after a transaction that
// failed, open it again.

import { COUNTS } from '../platform/counts.ts';
import type { Held } from '../platform/held.ts';
import { recordsMigrations } from '../platform/records.ts';
import type { Run } from '../platform/sql.ts';
import { COUPONS, openCoupons } from './coupons/table.ts';
import { HELD, HOLDS, openHolds } from './delivery/holds.ts';
import { openDeliveryRecord } from './delivery/record.ts';
import type { Erased } from './erased.ts';
import { openRemovals, REMOVALS } from './erasure/removals.ts';
import { ERASURES, openErasures } from './erasure/table.ts';
import { JOURNAL } from './journal/slots.ts';
import { openJournal } from './journal/table.ts';
import { openRelayRecords } from './layout/records.ts';
import { EMAIL_MARKS, openEmailMarks } from './mail/marks.ts';
import { EMAILS, openEmails } from './mail/table.ts';
import { FAN_OUTS, openFanOuts } from './organizations/fan-outs.ts';
import { openLarge } from './organizations/large.ts';
import { LOOK_UPS, openLookUps } from './organizations/look-ups.ts';
import { MEMBERS, openMembers } from './organizations/members.ts';
import { NOTICES, openNotices } from './organizations/notices.ts';
import { openParked, PARKED } from './parked/table.ts';
import { openPurchases, PURCHASES } from './people/purchases.ts';
import { openSeen, SEEN } from './people/seen.ts';
import { openPeople, PEOPLE } from './people/table.ts';

export const OUTBOX_MIGRATIONS = [
  COUNTS,
  recordsMigrations('state'),
  PEOPLE,
  PURCHASES,
  SEEN,
  JOURNAL,
  PARKED,
  EMAILS,
  EMAIL_MARKS,
  ERASURES,
  // Behind `parked`: its steps take over what the first release had there.
  REMOVALS,
  HOLDS,
  HELD,
  COUPONS,
  MEMBERS,
  NOTICES,
  FAN_OUTS,
  LOOK_UPS,
];

export type Tables = ReturnType<typeof openTables>;

export function openTables(run: Run) {
  const delivery = openDeliveryRecord(run);
  const purchases = openPurchases(run);
  const tables = {
    people: openPeople(run, purchases),
    purchases,
    seen: openSeen(run),
    journal: openJournal(run, delivery.read().cursor.seq),
    parked: openParked(run),
    emails: openEmails(run),
    emailMarks: openEmailMarks(run),
    erasures: openErasures(run),
    removals: openRemovals(run),
    holds: openHolds(run),
    coupons: openCoupons(run),
    members: openMembers(run),
    notices: openNotices(run),
    fanOuts: openFanOuts(run),
    lookUps: openLookUps(run),
    large: openLarge(run),
    delivery,
    relay: openRelayRecords(run),
  };

  /** What is theirs goes, or begins to go: the tombstone stands when this returns. */
  function forget(erased: Erased): void {
    for (const table of Object.values(tables)) if ('forget' in table) table.forget(erased);
  }

  /** What each table holds about them; the journal and what is parked come in pages of their own. */
  function held(person: string): Held[] {
    return Object.values(tables).flatMap((table) => ('held' in table ? table.held(person) : []));
  }

  return { ...tables, forget, held };
}
