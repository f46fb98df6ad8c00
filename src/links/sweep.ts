// The cron's visit: a lost alarm is armed again, and what is past goes, a slice of each table at a visit, so that no visit holds
// the shard up however much there is. The next one goes on.

import { DAY_MS } from '../platform/time.ts';
import { expire, keptShare, noteExpired } from './expire.ts';
import { forgetGone } from './gone.ts';
import type { LinksState } from './state.ts';

/** A charge may be disputed for some 120 days, and that closes some 75 days later. */
const CHARGE_DAYS = 200;

/** As long as what was told is remembered: four months, of which the first may have ended at once. */
const FORMER_DAYS = 125;

export async function sweep(state: LinksState): Promise<void> {
  const { tables, now, disk, transaction, waitingDays } = state;
  await state.alarm.load();
  const at = now();
  const kept = keptShare(disk);
  const waitsSince = at - waitingDays * DAY_MS;
  const expiredBefore = at - waitingDays * DAY_MS * kept;
  noteExpired(
    state,
    transaction(() => expire(tables, expiredBefore)),
  );
  transaction(() => {
    tables.walks.hints(waitsSince, at);
    tables.walks.namings(waitsSince, at);
    tables.walks.charges(at - CHARGE_DAYS * DAY_MS * kept, at);
    tables.walks.formers(at - FORMER_DAYS * DAY_MS, at);
    forgetGone(tables, waitsSince);
  });
  state.saveBudget();
  state.armIfDue();
}
