// The newest webhooks of a shard, with what became of each and whether it has landed: in memory alone, so that looking on
// costs no row. What is forgotten with the shard's life is in the journal, but for duplicates, what was ignored and what
// waits. A bounded ring; it answers what is new or has changed since a cursor. Pure, but for what it remembers.

/** So many are kept in each shard. */
export const RECENT_MAX = 200;

/** Of what happened to a webhook. Ids, types and codes; never a body, a name or an email. */
export type RecentWebhook = {
  /** Its own in all shards and for ever; the same webhook sent twice is two. */
  readonly id: string;
  /** When it was answered, Unix milliseconds. */
  readonly at: number;
  readonly provider: string;
  /** The event's id and type. */
  readonly event: string;
  readonly type: string;
  readonly outcome: string;
  /** A code; null where the outcome says all. */
  readonly reason: string | null;
  /** Null: nobody yet, or somebody who was deleted. */
  readonly userId: string | null;
  /** `identify`, and events by name. */
  readonly told: readonly string[];
  /** `none`: it told nothing. `held`: its person's messages wait. `parked`: one of its messages was put aside. */
  readonly landing: 'none' | 'pending' | 'landed' | 'held' | 'parked';
  /** Unix milliseconds; null until it has landed. */
  readonly landedAt: number | null;
  /** Its number in the journal; null where it told nothing. */
  readonly entry: number | null;
};

/** As it is noted; `journal`: where its messages stand, and the key of whom they are about. */
export type NewWebhook = Pick<RecentWebhook, 'at' | 'provider' | 'event' | 'type' | 'outcome'> &
  Partial<Pick<RecentWebhook, 'reason' | 'userId' | 'told'>> & {
    readonly journal?: { readonly seq: number; readonly person: string };
  };

/** How far delivery is: the newest entry that has left the journal, and how many messages were ever put aside. */
type Reached = { readonly seq: number; readonly parked: number; readonly at: number };

/** Of a person's key. */
type IsHeld = (person: string) => boolean;

type Kept = Omit<RecentWebhook, 'entry'> & {
  readonly change: number;
  readonly journal: { readonly seq: number; readonly person: string } | null;
};

/** `next`: where to go on. */
export type RecentPage = { readonly webhooks: readonly RecentWebhook[]; readonly next: string };

export type Recent = ReturnType<typeof openRecent>;

type Ring = {
  readonly life: string;
  kept: readonly Kept[];
  /** How often anything has changed; a webhook and a cursor bear its value then. */
  changes: number;
  /** Messages that were ever put aside, when last seen. */
  parked: number;
};

/**
 * `name` and `bornAt` (Unix milliseconds) of the shard make one life of it: a cursor of another life is of no use.
 * `parked`: messages put aside until then.
 */
export function openRecent(shard: {
  readonly name: string;
  readonly bornAt: number;
  readonly parked: number;
}) {
  const life = `${shard.name}-${shard.bornAt.toString(36)}`;
  const ring: Ring = { life, kept: [], changes: 0, parked: shard.parked };
  return {
    note: (webhook: NewWebhook) => note(ring, webhook),
    reach: (reached: Reached, isHeld: IsHeld) => reach(ring, reached, isHeld),
    look: (isHeld: IsHeld) => look(ring, isHeld),
    forget: (userId: string) => forget(ring, userId),
    after: (cursor: string) => after(ring, cursor),
  };
}

function note(ring: Ring, { journal, ...webhook }: NewWebhook): void {
  ring.changes += 1;
  const whole = { reason: null, userId: null, told: [], ...webhook };
  const landing = journal === undefined ? ('none' as const) : ('pending' as const);
  const id = `${ring.life}-${ring.changes.toString(36)}`;
  const added = { ...whole, id, landing, landedAt: null, change: ring.changes };
  ring.kept = [...ring.kept, { ...added, journal: journal ?? null }].slice(-RECENT_MAX);
}

/** After every transaction. */
function reach(ring: Ring, reached: Reached, isHeld: IsHeld): void {
  const isParking = reached.parked > ring.parked;
  ring.parked = reached.parked;
  const first = ring.kept.find(({ landing }) => landing === 'pending');
  if (first === undefined) return;
  change(ring, (webhook) => {
    if (webhook.landing !== 'pending' || webhook.journal === null) return null;
    const { seq, person } = webhook.journal;
    // One message is put aside at once: it is of what stands first, even if others of it follow.
    if (isParking && (webhook === first || seq <= reached.seq)) return { landing: 'parked' };
    if (seq > reached.seq) return null;
    return isHeld(person) ? { landing: 'held' } : { landing: 'landed', landedAt: reached.at };
  });
}

/** Whoever was held and is no more has landed, or was put aside: nobody has noted when. */
function look(ring: Ring, isHeld: IsHeld): void {
  change(ring, ({ landing, journal }) =>
    landing === 'held' && journal !== null && !isHeld(journal.person)
      ? { landing: 'landed' }
      : null,
  );
}

/** They are deleted: what has not landed of them never will. */
function forget(ring: Ring, userId: string): void {
  change(ring, (webhook) => {
    if (webhook.userId !== userId) return null;
    const isOpen = webhook.landing === 'pending' || webhook.landing === 'held';
    return { userId: null, ...(isOpen && { landing: 'none' }) };
  });
}

/** What is new or has changed behind a cursor, in the order of coming; all of it behind none, or of another life. */
function after({ life, kept, changes }: Ring, cursor: string): RecentPage {
  const isOfLife = cursor.startsWith(`${life}-`);
  const seen = isOfLife ? Number.parseInt(cursor.slice(life.length + 1), 36) : 0;
  const webhooks = kept.filter((each) => !(each.change <= seen)).map(shown);
  return { webhooks, next: `${life}-${changes.toString(36)}` };
}

/** `news`: what changes of a webhook, or null. */
function change(ring: Ring, news: (webhook: Kept) => Partial<Kept> | null): void {
  ring.kept = ring.kept.map((webhook) => {
    const changed = news(webhook);
    if (changed === null) return webhook;
    ring.changes += 1;
    return { ...webhook, ...changed, change: ring.changes };
  });
}

function shown(kept: Kept): RecentWebhook {
  const { change: _, journal, ...webhook } = kept;
  return { ...webhook, entry: journal?.seq ?? null };
}
