// What a links shard has done, and how much it may still ask of the providers. One small record, written when an alarm
// run ends: what a crash loses of it is a few counts. Pure.

/** Look-ups of one shard in a minute. Clerk's development instances allow 100 requests in ten seconds. */
export const LOOK_UPS_PER_MINUTE_MAX = 60;

const MINUTE_MS = 60_000;

export const NO_LINK_COUNTERS = {
  learnt: 0,
  moved: 0,
  forgotten: 0,
  handedOver: 0,
  released: 0,
  expired: 0,
  erased: 0,
  lookUps: 0,
  found: 0,
} as const;

export type LinkCounters = { readonly [Name in keyof typeof NO_LINK_COUNTERS]: number };

export type Tally = {
  readonly counters: LinkCounters;
  /** The minute that is being counted: when it began, and the look-ups in it. */
  readonly minuteAt: number;
  readonly inMinute: number;
  /** No look-up before this: a provider has asked for time, or refuses our key. */
  readonly notBefore: number;
};

export const NEW_TALLY: Tally = {
  counters: NO_LINK_COUNTERS,
  minuteAt: 0,
  inMinute: 0,
  notBefore: 0,
};

export function tallied(tally: Tally, changes: Partial<Record<keyof LinkCounters, number>>): Tally {
  const counters = { ...NO_LINK_COUNTERS, ...tally.counters };
  for (const [name, change] of Object.entries(changes)) {
    if (isCounter(name)) counters[name] += change;
  }
  return { ...tally, counters };
}

/** When the next look-up may be made; `now` if at once. */
export function lookUpAllowedAt(tally: Tally, now: number): number {
  const isFull = tally.inMinute >= LOOK_UPS_PER_MINUTE_MAX && isSameMinute(tally, now);
  return Math.max(now, tally.notBefore, isFull ? tally.minuteAt + MINUTE_MS : 0);
}

export function withLookUp(tally: Tally, now: number): Tally {
  const counted = tallied(tally, { lookUps: 1 });
  if (isSameMinute(tally, now)) return { ...counted, inMinute: tally.inMinute + 1 };
  return { ...counted, minuteAt: now, inMinute: 1 };
}

/** A clock that went back begins a new minute rather than waiting for the old one. */
function isSameMinute({ minuteAt }: Tally, now: number): boolean {
  return now >= minuteAt && now < minuteAt + MINUTE_MS;
}

function isCounter(name: string): name is keyof LinkCounters {
  return Object.hasOwn(NO_LINK_COUNTERS, name);
}
