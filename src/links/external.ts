// External ids: a user whom the application knew by another name before names that user. An external id may look like an
// id of Clerk's (that of the instance before), so who is known by a name is asked first.

import { overruleNamed } from './hold.ts';
import { learn, moveNamed } from './learn.ts';
import type { LinksState } from './state.ts';
import type { ExternalId } from './tables/externals.ts';
import type { LinksTables } from './tables/tables.ts';

/** Durable when it returns, and may be repeated. */
export function tellExternal(state: LinksState, told: ExternalId): void {
  const isNews = state.transaction(() => learnExternal(state.tables, told, state.now()));
  if (!isNews) return;
  state.log({ decision: 'named', source: 'external_id' });
  state.armIfDue();
}

/** False where that is no news. Whatever had been learnt by the name is theirs from now on. */
function learnExternal(tables: LinksTables, told: ExternalId, now: number): boolean {
  const { externalId, userId } = told;
  const asOf = Math.min(told.asOf, now);
  const known = tables.externals.find(externalId);
  const isNews = known === null || (known.userId !== userId && known.asOf < asOf);
  if (externalId === userId || !isNews) return false;
  tables.externals.save(externalId, { userId, asOf });
  moveNamed(tables, { from: externalId, to: userId }, now);
  overruleNamed(tables, { from: externalId, to: userId }, now);
  for (const claim of tables.externals.takeNamings(externalId, userId)) learn(tables, claim, now);
  for (const key of tables.waiting.name(externalId, userId)) {
    const queue = tables.queues.find(key);
    if (queue !== null) tables.queues.save({ ...queue, nextAt: 0, why: 'released' });
  }
  return true;
}
