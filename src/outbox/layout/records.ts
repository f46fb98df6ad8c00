// What belongs to the relay as a whole: its layout, and the incidents that were told. Kept by the one outbox shard that
// is named `layout` and stands outside any jurisdiction, so that a changed jurisdiction finds it.

import { createHash } from 'node:crypto';

import { openRecord } from '../../platform/records.ts';
import type { Layout } from '../../platform/shards.ts';
import type { Run } from '../../platform/sql.ts';

export function openRelayRecords(run: Run) {
  const layoutRecord = openRecord<Layout>(run, 'state', 'layout');
  const spentRecord = openRecord<Readonly<Record<string, number>>>(run, 'state', 'spent');
  const incidentsRecord = openRecord<readonly string[]>(run, 'state', 'incidents');

  /** The layout in force: what was stored first stays, whatever is wanted now. Null: only a question. */
  function layout(wanted: Layout | null): Layout | null {
    const stored = layoutRecord.read();
    if (stored !== null || wanted === null) return stored;
    layoutRecord.save(wanted);
    return wanted;
  }

  /** Remembers a secret until then; false where it is remembered already. Null only asks. What is over is forgotten. */
  function spend(secret: string, { until, now }: { until: number | null; now: number }): boolean {
    const spent = spentRecord.read() ?? {};
    const kept = Object.entries(spent).filter(([, each]) => each > now);
    const key = spentKey(secret);
    if (Object.hasOwn(spent, key)) return false;
    if (until === null) return true;
    spentRecord.save({ ...Object.fromEntries(kept), [key]: until });
    return true;
  }

  return {
    layout,
    spend,
    incidents: () => incidentsRecord.read() ?? [],
    saveIncidents: incidentsRecord.save,
  };
}

/** A hash: who reads the table can do nothing with it. */
function spentKey(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}
