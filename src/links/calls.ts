// What may be asked of a links shard, by the Durable Object that holds it (links.ts), and by the simulation, which runs the
// very same code over node:sqlite. Every call is durable when it returns.

import type { ErasedId } from '../outbox/erased.ts';
import { personKey } from '../outbox/people/table.ts';
import type { Leaving, LinkClaim, PersonEvent } from '../person/news.ts';
import { faultOf } from '../platform/log.ts';
import { tellExternal } from './external.ts';
import { healthOf, waitingViews } from './figures.ts';
import { noteGone } from './gone.ts';
import { heldPage } from './held.ts';
import type { HeldRequest } from './held.ts';
import { hold, overruleHolders } from './hold.ts';
import { eraseLinks, forget, learn, leaveToOrganization } from './learn.ts';
import { meant } from './meant.ts';
import { place, placeCharge } from './place.ts';
import type { ChargePlacement, Placement, PlaceRequest } from './place.ts';
import { openState } from './state.ts';
import type { LinksOptions, LinksState } from './state.ts';
import { sweep } from './sweep.ts';
import type { ExternalId } from './tables/externals.ts';
import type { Link } from './tables/links.ts';
import { work } from './work.ts';

/** After an alarm run that met a fault of ours. */
const FAULT_AGAIN_MS = 10_000;

export type LinksCalls = ReturnType<typeof openLinks>;

export function openLinks(options: LinksOptions) {
  const state = openState(options);
  return {
    start: () => start(state),
    alarm: () => onAlarm(state),
    sweep: async () => {
      await sweep(state);
      return healthOf(state);
    },
    health: () => healthOf(state),
    place: (request: Omit<PlaceRequest, 'now'>) => placeEvent(state, request),
    placeMany: (requests: readonly Omit<PlaceRequest, 'now'>[]) => {
      const { value: placements, rows } = counted(state, () => placeEvents(state, requests));
      return { placements, rows };
    },
    placeCharge: (chargeId: string, event: PersonEvent) =>
      placeChargeEvent(state, { chargeId, event }),
    leave: (leaving: Leaving) => leave(state, leaving),
    learnCharge: (chargeId: string, customerId: string) => learnCharge(state, chargeId, customerId),
    learnCharges: (charges: readonly (readonly [string, string])[]) =>
      counted(state, () => {
        for (const [charge, customer] of charges) learnCharge(state, charge, customer);
      }).rows,
    learn: (claims: readonly LinkClaim[], externals: readonly ExternalId[] = []) =>
      counted(state, () => {
        learnAll(state, claims);
        for (const told of externals) tellExternal(state, told);
      }).rows,
    learnExternal: (told: ExternalId) => tellExternal(state, told),
    meant: (named: string) => meant(state.tables, named),
    erase: (userId: string, at: number) => eraseMany(state, [{ userId, at }]).flat(),
    eraseMany: (erased: readonly ErasedId[]) => eraseMany(state, erased),
    customersOf: (userId: string) => customersOf(state, userId),
    held: (request: HeldRequest) => heldPage(state.tables, request),
    link: (customerId: string) => state.tables.links.find(customerId),
    linkByHand: (customerId: string, userId: string) => linkByHand(state, customerId, userId),
    forgetLink: (customerId: string) => forgetLink(state, customerId),
    waiting: (limit: number, customerId?: string) => waitingViews(state, limit, customerId),
  };
}

/** What it has written. Nothing else may come in between. */
function counted<Value>({ rowsWritten }: LinksState, write: () => Value) {
  const before = rowsWritten();
  const value = write();
  return { value, rows: rowsWritten() - before };
}

/** At the start of a shard, before any call. */
async function start({ alarm, armIfDue }: LinksState): Promise<void> {
  await alarm.load();
  armIfDue();
}

/** Answers whose event it is, or keeps it; either way what it says about links is learnt. */
function placeEvent(state: LinksState, request: Omit<PlaceRequest, 'now'>): Placement {
  const [placement = { kind: 'nothing' }] = placeEvents(state, [request]);
  return placement;
}

/** All of them in one transaction. */
function placeEvents(
  state: LinksState,
  requests: readonly Omit<PlaceRequest, 'now'>[],
): Placement[] {
  const now = state.now();
  const placed = state.transaction(() => requests.map((request) => placeIn(state, request, now)));
  if (placed.some(({ isNews }) => isNews)) state.armIfDue();
  for (const [index, { placement }] of placed.entries()) {
    if (placement.kind === 'erased') state.count({ erased: 1 });
    if (placement.kind === 'waiting') state.armFor(requests[index]?.customerId ?? '');
  }
  return placed.map(({ placement }) => placement);
}

function placeIn(state: LinksState, request: Omit<PlaceRequest, 'now'>, now: number) {
  const { customerId, userId: named, claims, event } = request;
  const isLearnt = learnEach(state, claims, now);
  const isHeld = hold(state.tables, { customerId, of: event.of, named, now });
  const placement = place(state.tables, { ...request, now });
  const isTold = noteGone(state.tables, event, now);
  return { isNews: isLearnt || isHeld || isTold, placement };
}

function placeChargeEvent(
  state: LinksState,
  request: { readonly chargeId: string; readonly event: PersonEvent },
): ChargePlacement {
  const now = state.now();
  const placement = state.transaction(() => placeCharge(state.tables, { ...request, now }));
  if (placement.kind === 'waiting') state.armFor(request.chargeId);
  return placement;
}

/** What waits for this charge is forwarded by the next alarm. */
function learnCharge(state: LinksState, chargeId: string, customerId: string): void {
  const { tables } = state;
  const now = state.now();
  const isAwaited = state.transaction(() => {
    if (tables.charges.customerOf(chargeId) !== customerId) {
      tables.charges.save(chargeId, customerId, now);
    }
    const queue = tables.queues.find(chargeId);
    if (queue !== null) tables.queues.save({ ...queue, nextAt: now });
    return queue !== null;
  });
  if (isAwaited) state.armIfDue();
}

function learnAll(state: LinksState, claims: readonly LinkClaim[]): void {
  const isNews = state.transaction(() => learnEach(state, claims, state.now()));
  if (isNews) state.armIfDue();
}

/** An organization pays: what is told of it is no person's, and who had it has it no more. */
function leave(state: LinksState, { customerId, asOf, of }: Leaving): void {
  const now = state.now();
  const isNews = state.transaction(() =>
    of === null
      ? leaveToOrganization(state.tables, { customerId, asOf, now })
      : hold(state.tables, { customerId, of, named: null, now }),
  );
  if (!isNews) return;
  state.log({ decision: 'left', source: 'organization' });
  state.armIfDue();
}

/** Says whether there may be something to release or to hand over. */
function learnEach(state: LinksState, claims: readonly LinkClaim[], now: number): boolean {
  return claims.map((claim) => learnOne(state, claim, now)).includes(true);
}

function learnOne({ tables, count, log }: LinksState, claim: LinkClaim, now: number): boolean {
  const learning = learn(tables, claim, now);
  if (learning === 'unchanged' || learning === 'unnamed') return false;
  count({ [learning]: 1 });
  log({ decision: learning, source: claim.source });
  // The first link of a customer of whom nothing waits: looking at every queue for each would be the dearest part of a sale.
  return learning !== 'learnt' || tables.queues.find(claim.customerId) !== null;
}

/** People are deleted: no link names them from now on, nothing waits for them. Answers of each which customers were theirs. */
function eraseMany(state: LinksState, erased: readonly ErasedId[]): string[][] {
  const events = state.transaction(() =>
    erased.reduce((sum, { userId, at }) => sum + eraseLinks(state.tables, userId, at), 0),
  );
  state.count({ erased: events });
  state.armIfDue();
  return erased.map(({ userId }) => state.tables.links.leftBy(personKey(userId)));
}

/** The customers that are a person's, or were until they were deleted and are nobody's since. */
function customersOf({ tables: { links } }: LinksState, userId: string): string[] {
  return [
    ...links.ofPerson(userId).map(({ customerId }) => customerId),
    ...links.leftBy(personKey(userId)),
  ];
}

/** By the operator: newer than whatever is known. */
function linkByHand(state: LinksState, customerId: string, userId: string): Link | null {
  const claim = { customerId, userId, source: 'operator', asOf: state.now(), mayMove: true };
  const isNews = state.transaction(() => {
    const isMoved = learnEach(state, [claim], claim.asOf);
    overruleHolders(state.tables, customerId, claim.asOf);
    return isMoved;
  });
  if (isNews || state.handOvers.nextAt() !== null) state.armIfDue();
  return state.tables.links.find(customerId);
}

/** False where there was no link. */
function forgetLink(state: LinksState, customerId: string): boolean {
  const isForgotten = state.transaction(() => forget(state.tables, customerId, state.now()));
  if (isForgotten) {
    state.count({ forgotten: 1 });
    state.log({ decision: 'forgotten', source: 'operator' });
  }
  state.armIfDue();
  return isForgotten;
}

async function onAlarm(state: LinksState): Promise<void> {
  try {
    await state.alarm.run(() => work(state));
    state.armIfDue();
  } catch (error) {
    // The platform would retry six times and then forget; we arm ourselves.
    state.log({ decision: 'fault', fault: faultOf(error) });
    state.alarm.arm(state.now() + FAULT_AGAIN_MS);
  }
}
