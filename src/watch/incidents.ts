// Incidents: what somebody should know about, told once when it begins and once when it is over. From what the shards
// say of themselves; the cron asks them. Pure.

import type { ShardHealth } from '../outbox/capabilities.ts';

/** Name → what to say. A name is one incident for as long as it is there at every visit. */
type Incidents = Readonly<Record<string, string>>;

const SILENCE_MS_MAX = 86_400_000;
/** Once the endpoint is set right the last of them is soon this old. */
const UNUSABLE_MS_MAX = 3_600_000;

/** As one reads them. */
export function listed(incidents: Incidents) {
  return Object.entries(incidents).map(([code, detail]) => ({ code, detail }));
}

type Circumstances = {
  readonly now: number;
  readonly isKeyMissing: boolean;
  /** Older than this, what has not landed is an incident. */
  readonly lagAlertMs: number;
  /** Of the links shards. */
  readonly links?: readonly Stored[];
  /** Of the job that pulls; null where it has not answered. */
  readonly sync?: { readonly problem: string | null; readonly healed: number } | null;
};

/** How full a shard is, and how many hand-overs and releases of it do not get through. */
type Stored = Partial<Pick<ShardHealth, 'storedShare'>> & { readonly stuck?: number };

export function incidentsOf(
  healths: readonly ShardHealth[],
  { now, isKeyMissing, lagAlertMs, links = [], sync = null }: Circumstances,
): Incidents {
  const parked = healths.reduce((sum, health) => sum + health.parked, 0);
  const held = healths.reduce((sum, health) => sum + health.held, 0);
  const refused = healths.reduce((sum, health) => sum + health.refusedErasures, 0);
  // One of an earlier release does not count it.
  const stuckLinks = links.reduce((sum, { stuck = 0 }) => sum + stuck, 0);
  const pauses = healths.flatMap(({ pause }) => (pause === null ? [] : [pause]));
  return {
    ...(parked > 0 && { parked: `${parked} parked` }),
    ...Object.fromEntries(
      MANY.filter((many) => parked >= many).map((many) => [
        `parked_${many}`,
        `${parked} parked by now`,
      ]),
    ),
    ...(held > 0 && {
      held: `${held} ${held === 1 ? 'person is' : 'people are'} held: their messages fail while others land`,
    }),
    ...(refused > 0 && {
      erasure_refused: `Customer.io refuses to delete ${refused} people who were deleted; they are asked again`,
    }),
    ...unmailed(healths),
    ...large(healths),
    ...(stuckLinks > 0 && {
      links_stuck: `${stuckLinks} customers' events or moves have not got through for minutes`,
    }),
    ...lags(healths, lagAlertMs),
    ...filling([...healths, ...links], STORED_SHARE_ALERT),
    ...(isKeyMissing && {
      key_missing: 'CUSTOMERIO_TRACK_TOKEN is not set, messages are kept',
    }),
    ...Object.fromEntries(
      pauses.map((reason) => [`paused_${reason}`, `delivery is paused: ${reason}`]),
    ),
    ...silences(healths, now),
    ...unusables(healths, now),
    ...syncIncidents(sync),
  };
}

/** Mails that wait for the right App API key until they are too old. */
function unmailed(healths: readonly ShardHealth[]): Incidents {
  const refused = healths.filter(({ mailDelay }) => mailDelay === 'customerio_refused');
  const due = refused.reduce((sum, { mails }) => sum + mails.due, 0);
  if (due === 0) return {};
  return { customerio_refused: `mails that wait, and are dropped after 72 hours: ${due}` };
}

/** That more and more is parked is told at each of these. */
const MANY = [10, 100, 1_000] as const;

/** Nothing lands, or not fast enough: whatever the reason. */
export function lags(healths: readonly ShardHealth[], lagAlertMs: number): Incidents {
  const lagMs = Math.max(0, ...healths.map((health) => health.lagMs));
  if (lagMs <= lagAlertMs) return {};
  return { lag: `the oldest message has waited for ${Math.round(lagMs / 60_000)} minutes` };
}

/** History was shortened at 0.55, to a day at the least; at 0.8 the rest of it goes: until then there is time to act. */
const STORED_SHARE_ALERT = 0.6;

/** What nothing could be dropped of any more. */
export const STORED_SHARE_MAX = 0.85;

/** The fullest shard, where it is fuller than `share`. */
export function filling(shards: readonly Stored[], share: number): Incidents {
  // An object of the release before says nothing of it.
  const fullest = Math.max(0, ...shards.map(({ storedShare = 0 }) => storedShare));
  if (fullest <= share) return {};
  return { storage: `a shard is ${Math.floor(fullest * 100)} % full` };
}

/** Organizations of which the members without a role are told nothing: meant so, and yet somebody should know. */
export function large(healths: readonly Partial<ShardHealth>[]): Incidents {
  // A shard of an earlier release does not count them.
  const count = healths.reduce((sum, { largeOrganizations = 0 }) => sum + largeOrganizations, 0);
  if (count === 0) return {};
  return { fanout_exceeded: `organizations above ORGANIZATION_FANOUT_MAX: ${count}` };
}

/** More than a handful in an hour were lost: something is wrong between the providers and us. */
const HEALED_MAX = 5;

function syncIncidents(sync: Circumstances['sync'] = null): Incidents {
  if (sync === null) return {};
  const { problem, healed } = sync;
  return {
    ...(problem !== null && { [problem]: `a sync stands: ${problem}` }),
    ...(healed > HEALED_MAX && {
      webhooks_lost: `${healed} changes came by no webhook and were pulled within the last hours`,
    }),
  };
}

/** A provider that used to send and has not for a day: its endpoint may be disabled, or its secret wrong. */
function silences(healths: readonly ShardHealth[], now: number): Incidents {
  return Object.fromEntries(
    Object.entries(lastEventAt(healths))
      .filter(([, at]) => now - at > SILENCE_MS_MAX)
      .map(([provider]) => [`silent_${provider}`, `no webhook from ${provider} for a day`]),
  );
}

/** When the newest webhook of each provider was taken. */
export function lastEventAt(healths: readonly ShardHealth[]): Readonly<Record<string, number>> {
  const newest: Record<string, number> = {};
  for (const health of healths) {
    for (const [provider, at] of Object.entries(health.lastEventAt)) {
      newest[provider] = Math.max(at, newest[provider] ?? 0);
    }
  }
  return newest;
}

/** An endpoint that has sent, not long ago, what nothing can be made of. */
export function unusables(healths: readonly ShardHealth[], now: number): Incidents {
  const found = healths.flatMap(({ unusable, taken }) =>
    Object.entries(unusable)
      .filter(([, { at }]) => now - at < UNUSABLE_MS_MAX)
      .map(([provider, { remedy }]) => {
        const count = taken[provider]?.['unusable'] ?? 0;
        return [`unusable_${provider}`, `${provider}: ${count} events told nothing, ${remedy}`];
      }),
  );
  return Object.fromEntries(found);
}

/** What has begun and what is over since some were told. `isComplete` false: a shard did not answer, so none is over. */
export function changesOf(told: readonly string[], incidents: Incidents, isComplete: boolean) {
  const begun = Object.keys(incidents).filter((name) => !told.includes(name));
  const over = told.filter((name) => !Object.hasOwn(incidents, name));
  return { begun, over: isComplete ? over : [] };
}
