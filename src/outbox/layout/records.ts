// What belongs to the relay as a whole: its layout, and the incidents that were told. Kept by the one outbox shard that
// is named `layout` and stands outside any jurisdiction, so that a changed jurisdiction finds it.

import { openRecord } from '../../platform/records.ts';
import type { Layout } from '../../platform/shards.ts';
import type { Run } from '../../platform/sql.ts';

export function openRelayRecords(run: Run) {
  const layoutRecord = openRecord<Layout>(run, 'state', 'layout');
  const incidentsRecord = openRecord<readonly string[]>(run, 'state', 'incidents');

  /** The layout in force: what was stored first stays, whatever is wanted now. Null: only a question. */
  function layout(wanted: Layout | null): Layout | null {
    const stored = layoutRecord.read();
    if (stored !== null || wanted === null) return stored;
    layoutRecord.save(wanted);
    return wanted;
  }

  return {
    layout,
    incidents: () => incidentsRecord.read() ?? [],
    saveIncidents: incidentsRecord.save,
  };
}
