// Confirm: is what a buyer typed to be believed? The person's outbox says what it knows; where that is not enough and there
// is a key, Clerk is asked whether there is such a user. Only what is confirmed becomes a link. Runs only in the alarm.

import type { UserAnswer } from './ask.ts';
import { learn } from './learn.ts';
import { lookUpAllowedAt, withLookUp } from './look-up-budget.ts';
import { pauseMsAfter } from './look-up.ts';
import type { LinksState } from './state.ts';
import type { Hint } from './tables/hints.ts';

/** `isAnswered`: Clerk has said what it knows of the user, so asking again soon would tell nothing new. */
type Confirmation = { readonly isLinked: boolean; readonly isAnswered: boolean };

/** Clerk, with two keys while one is rotated. */
const FIND_REQUESTS = 2;

/** A hint that is not confirmed stays, but for one to somebody who is deleted. */
export async function confirm(state: LinksState, hint: Hint): Promise<Confirmation> {
  const { tables, shards, now } = state;
  const { customerId, userId, email, asOf, source } = hint;
  let voucher = await shards.vouch(userId, { email, inClerk: null });
  let answer: UserAnswer | null = null;
  if (voucher === 'unknown' || voucher === 'doubtful') {
    answer = await askClerk(state, userId);
    if (answer?.kind === 'user') {
      voucher = await shards.vouch(userId, { email, inClerk: answer.verified });
    }
  }
  state.log({ decision: 'hint_checked', source, found: voucher });
  const isLinked = state.transaction(() => {
    const current = tables.hints.find(customerId);
    // It was another one by the time the answer came: that has its own turn.
    if (current?.userId !== userId || current.asOf !== asOf) return current !== null;
    if (voucher === 'erased') tables.hints.remove(customerId);
    if (voucher !== 'confirmed') return false;
    const learning = learn(tables, { customerId, userId, source, asOf, mayMove: false }, now());
    if (learning === 'learnt') state.count({ learnt: 1 });
    return true;
  });
  return { isLinked, isAnswered: answer !== null && answer.kind !== 'later' };
}

/** Null where Clerk may not be asked now. */
async function askClerk(state: LinksState, userId: string): Promise<UserAnswer | null> {
  const { findUser, now } = state;
  if (findUser === null || lookUpAllowedAt(state.budget(), now()) > now()) return null;
  state.note(withLookUp(state.budget(), now()));
  state.calls.add(FIND_REQUESTS);
  const answer = await findUser(userId);
  const pauseMs = pauseMsAfter(answer);
  if (pauseMs > 0) state.note({ ...state.budget(), notBefore: now() + pauseMs });
  return answer;
}
