// What a deployed Worker tells of its newest webhooks, answer by answer → the lines of the feed. A webhook is told when it
// has landed; one that has not after a while is told as it is, and once more when it has. Pure.

import type { ADMIN, AnswerOf } from '../../console/contract.ts';
import type { FeedLine } from './feed.ts';

type Webhook = AnswerOf<typeof ADMIN.recent, 200>['webhooks'][number];

/** Has not landed yet: since when it is known here, and whether it was told so. */
type Open = { readonly webhook: Webhook; readonly since: number; readonly isTold: boolean };

/** After so long a webhook is told as not landed yet. */
export const PATIENCE_MS = 5_000;

/** So many events are remembered that wait for their person: then the oldest is forgotten. */
const WAITED_MAX = 5_000;

export function openFollow(print: (line: FeedLine) => void, patienceMs: number) {
  let open = new Map<string, Open>();
  const waited = new Set<string>();

  function tell(webhook: Webhook): void {
    const isReleased = webhook.outcome === 'accepted' && waited.delete(webhook.event);
    if (webhook.outcome === 'waiting') waited.add(webhook.event);
    const [oldest] = waited;
    if (waited.size > WAITED_MAX && oldest !== undefined) waited.delete(oldest);
    print(lineOf(isReleased ? { ...webhook, outcome: 'released' } : webhook));
  }

  /** `now` in Unix milliseconds, by the clock here. */
  function hear(webhooks: readonly Webhook[], now: number): void {
    for (const webhook of webhooks) {
      const { since = now, isTold = false } = open.get(webhook.id) ?? {};
      open.set(webhook.id, { webhook, since, isTold });
    }
    const still = new Map<string, Open>();
    for (const [id, { webhook, since, isTold }] of open) {
      const isLate = now - since >= patienceMs;
      if (webhook.landing !== 'pending' || (isLate && !isTold)) tell(webhook);
      if (webhook.landing !== 'pending') continue;
      still.set(id, { webhook, since, isTold: isTold || isLate });
    }
    open = still;
  }

  return { hear };
}

function lineOf({ landing, landedAt, at, ...webhook }: Webhook): FeedLine {
  const { provider, type, outcome, reason, told } = webhook;
  const ms = landedAt === null ? null : Math.max(0, landedAt - at);
  const kept = landing === 'none' ? 'elsewhere' : landing;
  const isKept = kept === 'held' || kept === 'parked' || (kept === 'elsewhere' && told.length > 0);
  return {
    kind: 'webhook',
    at: outcome === 'released' ? (landedAt ?? at) : at,
    provider,
    type,
    outcome,
    reason,
    told,
    ms,
    ...(isKept && { kept }),
  };
}
