// One links shard: everything the Durable Object does but for being one. The simulation runs this very code over
// node:sqlite. Every call is durable when it returns.

import type { LinkClaim, PersonEvent } from '../person/news.ts';
import { faultOf } from '../platform/log.ts';
import { eraseLinks, forget, learn } from './learn.ts';
import { place, placeCharge } from './place.ts';
import type { ChargePlacement, Placement, PlaceRequest } from './place.ts';
import { openCore } from './state.ts';
import type { Core, CoreOptions } from './state.ts';
import type { Link } from './tables/links.ts';
import type { QueueView } from './tables/queues.ts';
import type { LinkCounters } from './tally.ts';
import { work } from './work.ts';

const DAY_MS = 86_400_000;

/** A dispute closes some 75 days after it was opened. */
const CHARGE_DAYS = 90;

/** After an alarm run that met a fault of ours. */
const FAULT_AGAIN_MS = 10_000;

/** What health and the operator see of one shard. */
export type LinksHealth = {
  readonly waiting: number;
  /** Customers whose events these are, and those whose person is known. */
  readonly waitingCustomers: number;
  readonly links: number;
  readonly rowsWritten: number;
  readonly counters: LinkCounters;
};

/** `nextAt` is null where nobody will be asked. */
export type WaitingView = Omit<QueueView, 'nextAt'> & { readonly nextAt: number | null };

export type LinksShard = ReturnType<typeof openLinksShard>;

export function openLinksShard(options: CoreOptions) {
  const core = openCore(options);
  return {
    start: () => start(core),
    place: (request: Omit<PlaceRequest, 'now'>) => placeEvent(core, request),
    placeCharge: (chargeId: string, event: PersonEvent) =>
      placeChargeEvent(core, { chargeId, event }),
    learn: (claims: readonly LinkClaim[]) => learnAll(core, claims),
    erase: (userId: string, at: number) => erase(core, userId, at),
    linkByHand: (customerId: string, userId: string) => linkByHand(core, customerId, userId),
    forgetLink: (customerId: string) => forgetLink(core, customerId),
    link: (customerId: string) => core.store.links.find(customerId),
    waiting: (limit: number) => waitingViews(core, limit),
    health: (): LinksHealth => ({
      waiting: core.store.waiting.count(),
      waitingCustomers: core.store.waiting.customers(),
      links: core.store.links.count(),
      rowsWritten: core.rowsWritten(),
      counters: core.tally().counters,
    }),
    sweep: () => sweep(core),
    alarm: () => onAlarm(core),
  };
}

type ChargeRequest = { readonly chargeId: string; readonly event: PersonEvent };

/** At the start of an object, before any call. */
async function start({ alarm, armIfDue }: Core): Promise<void> {
  await alarm.load();
  armIfDue();
}

/** Answers whose event it is, or keeps it; either way what it says about links is learnt. */
function placeEvent(core: Core, request: Omit<PlaceRequest, 'now'>): Placement {
  const now = core.now();
  const { placement, isNews } = core.transaction(() => ({
    isNews: learnEach(core, request.claims, now),
    placement: place(core.store, { ...request, now }),
  }));
  if (placement.kind === 'erased') core.count({ erased: 1 });
  if (isNews) core.armIfDue();
  if (placement.kind === 'waiting') core.armFor(request.customerId);
  return placement;
}

function placeChargeEvent(core: Core, request: ChargeRequest): ChargePlacement {
  const now = core.now();
  const placement = core.transaction(() => placeCharge(core.store, { ...request, now }));
  if (placement.kind === 'waiting') core.armFor(request.chargeId);
  return placement;
}

function learnAll(core: Core, claims: readonly LinkClaim[]): void {
  const isNews = core.transaction(() => learnEach(core, claims, core.now()));
  if (isNews) core.armIfDue();
}

/** Says whether any link is another than it was: only then there may be something to release or to hand over. */
function learnEach(core: Core, claims: readonly LinkClaim[], now: number): boolean {
  return claims.map((claim) => learnOne(core, claim, now)).includes(true);
}

function learnOne({ store, count, shell }: Core, claim: LinkClaim, now: number): boolean {
  const learning = learn(store, claim, now);
  if (learning === 'unchanged') return false;
  count({ [learning]: 1 });
  shell.log({ decision: learning, source: claim.source });
  return true;
}

/** A person is deleted: no link names them from now on, and nothing waits for them. */
function erase(core: Core, userId: string, at: number): void {
  const events = core.transaction(() => eraseLinks(core.store, userId, at));
  core.count({ erased: events });
  core.armIfDue();
}

/** By the operator: newer than whatever is known. */
function linkByHand(core: Core, customerId: string, userId: string): Link | null {
  const claim = { customerId, userId, source: 'operator', asOf: core.now(), mayMove: true };
  learnAll(core, [claim]);
  return core.store.links.find(customerId);
}

function forgetLink(core: Core, customerId: string): boolean {
  const isForgotten = core.transaction(() => forget(core.store, customerId, core.now()));
  if (isForgotten) {
    core.count({ forgotten: 1 });
    core.shell.log({ decision: 'forgotten', source: 'operator' });
  }
  core.armIfDue();
  return isForgotten;
}

/** The queues that have waited longest. */
function waitingViews({ store, options }: Core, limit: number): WaitingView[] {
  return store.queues
    .list(limit)
    .map((each) => ({ ...each, nextAt: options.lookUp === null ? null : each.nextAt }));
}

/** The cron's visit: a lost alarm is armed again, and what has waited too long is dropped, with a line that says so. */
async function sweep(core: Core): Promise<void> {
  const { store, now, options } = core;
  await core.alarm.load();
  const expired = core.transaction(() => {
    const events = store.waiting.expire(now() - options.waitingDays * DAY_MS);
    if (events > 0) store.queues.removeEmpty();
    store.charges.dropBefore(now() - CHARGE_DAYS * DAY_MS);
    return events;
  });
  if (expired > 0) {
    core.count({ expired });
    core.shell.log({ decision: 'expired', events: expired });
  }
  core.saveTally();
  core.armIfDue();
}

async function onAlarm(core: Core): Promise<void> {
  try {
    await core.alarm.run(() => work(core));
    core.armIfDue();
  } catch (error) {
    // The platform would retry six times and then forget; we arm ourselves.
    core.shell.log({ decision: 'fault', fault: faultOf(error) });
    core.alarm.arm(core.now() + FAULT_AGAIN_MS);
  }
}
