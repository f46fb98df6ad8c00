// The cron's visit: a lost alarm is armed again, and what is past goes, a slice of each table at a visit, so that no visit holds
// the shard up however much there is. The next one goes on.

import { DAY_MS } from '../platform/time.ts';
import { forgetGone } from './gone.ts';
import type { LinksState } from './state.ts';
import type { LinksTables } from './tables/tables.ts';

/** A charge may be disputed for some 120 days, and that closes some 75 days later. */
const CHARGE_DAYS = 200;

/** As long as what was told is remembered: four months, of which the first may have ended at once. */
const FORMER_DAYS = 125;

/** Of what waits one visit takes out no more than this, from no more queues. */
const EXPIRED_MAX = 5000;
const QUEUES_MAX = 500;

export async function sweep(state: LinksState): Promise<void> {
  const { tables, now, transaction, waitingDays } = state;
  await state.alarm.load();
  const at = now();
  const waitsSince = at - waitingDays * DAY_MS;
  const expired = transaction(() => expire(tables, waitsSince));
  if (expired > 0) {
    state.count({ expired });
    state.log({ decision: 'expired', events: expired });
  }
  transaction(() => {
    tables.walks.hints(waitsSince, at);
    tables.walks.namings(waitsSince, at);
    tables.walks.charges(at - CHARGE_DAYS * DAY_MS, at);
    tables.walks.formers(at - FORMER_DAYS * DAY_MS, at);
    forgetGone(tables, waitsSince);
  });
  state.saveBudget();
  state.armIfDue();
}

/** What has waited since before `at` for an unknown person; says how many events that were. */
function expire({ waiting, queues }: LinksTables, at: number): number {
  let expired = 0;
  for (const key of queues.unknownSince(at, QUEUES_MAX)) {
    expired += waiting.expire(key, at, EXPIRED_MAX - expired);
    queues.ageAgain(key);
    if (expired >= EXPIRED_MAX) break;
  }
  return expired;
}
