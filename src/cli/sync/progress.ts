// How far a job is, in words: per list how many of how many, how fast, how long still. Pure.

import type { ADMIN, AnswerOf } from '../../console/contract.ts';

export type SyncView = AnswerOf<typeof ADMIN.sync, 200>;
type List = SyncView['lists'][string];

const BAR_WIDTH = 12;

/** What a list is called; one of a newer Worker is called as the Worker does. */
const NAMES: Readonly<Record<string, string>> = {
  clerk_users: 'Clerk users',
  clerk_changed: 'Clerk users that changed',
  clerk_items: 'Clerk Billing items',
  clerk_organizations: 'Clerk organizations',
  clerk_memberships: 'Clerk memberships',
  clerk_gone: 'people Clerk may have deleted',
  clerk_gone_organizations: 'organizations Clerk may have deleted',
  clerk_gone_members: 'members who may have left',
  stripe_subscriptions: 'Stripe subscriptions',
  stripe_invoices: 'Stripe invoices that were paid',
  people: 'people',
  our_people: 'our people',
  our_organizations: 'our organizations',
  their_people: 'people of Customer.io',
  stripe_events: 'Stripe events',
};

/** One line a list. `seconds` since the job began. */
export function progressLines(view: SyncView, seconds: number): string[] {
  return Object.entries(view.lists)
    .filter(([, { seen, total }]) => seen > 0 || total !== null)
    .map(([name, list]) => `${NAMES[name] ?? name}: ${countText(list, seconds)}`);
}

function countText(list: List, seconds: number): string {
  const { changed, new: fresh, parked } = list;
  const parts = [
    ofText(list),
    changed > 0 ? `${changed} changed` : '',
    fresh > 0 ? `${fresh} new` : '',
    parked > 0 ? `${parked} unreadable` : '',
    timeLeft(list, seconds),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function ofText({ seen, total }: List): string {
  return total === null ? `${seen}` : `${seen} of ${total}`;
}

/** Only where somebody has said how many there are, and some have come. */
function timeLeft({ seen, total }: List, seconds: number): string {
  if (total === null || seen === 0 || seen >= total || seconds <= 0) return '';
  const rate = seen / seconds;
  return `${Math.round(rate)} a second, ${durationText(Math.ceil((total - seen) / rate))} left`;
}

function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** One line that is written over: the list at work, as a bar. No longer than the terminal is wide, or what was broken stays. */
export function barText(view: SyncView, seconds: number, columns: number): string {
  const [name, list] = current(view);
  if (list === undefined) return 'beginning';
  const share = list.total === null ? 0 : Math.min(1, list.seen / Math.max(1, list.total));
  const filled = Math.round(share * BAR_WIDTH);
  const bar = `${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}`;
  const counts = [ofText(list), timeLeft(list, seconds)].filter((part) => part !== '').join(', ');
  return `[${bar}] ${NAMES[name] ?? name}: ${counts}`.slice(0, columns - 1);
}

/** Lists are walked one after the other: the last that has begun is at work. */
function current({ lists }: SyncView): readonly [string, List | undefined] {
  const begun = Object.entries(lists).filter(([, { seen, total }]) => seen > 0 || total !== null);
  return begun.at(-1) ?? ['', undefined];
}
