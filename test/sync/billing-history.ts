// What people buy by Clerk Billing, as one history: everybody's changes in the order in which they happened, each with what it
// makes of the lists and the webhooks that tell it. A change is what one look may see at once: an item and the one in its place.

import { CLERK_CREATED } from '../../src/samples/clerk-billing.ts';
import { clerkEvent, clerkUser } from '../../src/samples/clerk.ts';
import type { ApiObject } from '../emulator/population.ts';
import type { Random } from '../simulation/random.ts';
import { clerkWalk } from '../support/clerk-walk.ts';

type Webhook = { readonly id: string; readonly json: ReturnType<typeof clerkEvent> };

export type Change = {
  readonly userId: string;
  /** Of the last of them, Unix milliseconds. */
  readonly at: number;
  /** In the order in which they happened. */
  readonly webhooks: readonly Webhook[];
};

const PEOPLE = 6;
const STEPS_MAX = 9;
const WEEK_MS = 7 * 86_400_000;

/** Sorted by time. All times are moved so that `share` of the changes have happened at `from`. */
export function billingHistory(random: Random, from: number, share: number): readonly Change[] {
  const all = Array.from({ length: PEOPLE }, (_, person) => changesOf(random, person)).flat();
  const sorted = all.toSorted((a, b) => a.at - b.at);
  const firstLive = sorted[Math.floor(sorted.length * share)]?.at ?? 0;
  return sorted.map((change) => moved(change, from - firstLive));
}

function changesOf(random: Random, person: number): Change[] {
  const userId = `user_c${person}`;
  const choices = Array.from({ length: random.between(1, STEPS_MAX) }, () => random.between(0, 99));
  const startsAt = random.between(0, 20) * WEEK_MS;
  const text = JSON.stringify(clerkWalk(choices).items)
    .replaceAll('"user_2abcDEF"', `"${userId}"`)
    .replaceAll('"csub_1"', `"csub_c${person}"`)
    .replaceAll('csub_item_', `csub_item_c${person}_`);
  const user = clerkUser({ id: userId, created_at: CLERK_CREATED, updated_at: CLERK_CREATED });
  const items = JSON.parse(text) as Webhook['json'][];
  const events = [clerkEvent('user.created', user, CLERK_CREATED), ...items];
  const changes: Change[] = [];
  for (const [index, json] of events.entries()) {
    const webhook = { id: `msg_c${person}_${index}`, json };
    const last = changes.at(-1);
    const isEnded = last?.webhooks.at(-1)?.json.type === 'subscriptionItem.ended';
    if (last !== undefined && isEnded) {
      changes.splice(-1, 1, { ...last, at: json.timestamp, webhooks: [...last.webhooks, webhook] });
    } else {
      changes.push({ userId, at: json.timestamp, webhooks: [webhook] });
    }
  }
  return changes.map((change) => moved(change, startsAt));
}

/** Whatever in it is a time. */
function moved<Value>(value: Value, byMs: number): Value {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'number' && each > CLERK_CREATED / 2 ? each + byMs : each,
  ) as Value;
}

/** What Clerk's lists show of what has happened: users, and items with the newest first. */
export function heldAfter(changes: readonly Change[]) {
  const objects = new Map<string, ApiObject>();
  for (const { webhooks } of changes) {
    for (const { json } of webhooks) objects.set(String(json.data['id']), json.data);
  }
  const all = [...objects.values()];
  const isUser = ({ object }: ApiObject) => object === 'user';
  return {
    users: all.filter(isUser),
    items: all
      .filter((each) => !isUser(each))
      .toSorted((a, b) => Number(b['created_at']) - Number(a['created_at'])),
  };
}
