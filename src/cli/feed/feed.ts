// The log of a relay as it comes, line by line → one line per webhook: what was answered, what it told and how long that
// took to land. What delays or stops delivery is a line of its own. Pure: the time of each line comes with it.

/** `at` in Unix milliseconds. */
export type FeedLine =
  | {
      readonly kind: 'webhook';
      readonly at: number;
      readonly provider: string;
      readonly type: string;
      readonly outcome: string;
      /** A reason code; null where it needs none. */
      readonly reason: string | null;
      /** `identify`, and events by name. */
      readonly told: readonly string[];
      /** Null: not landed yet. */
      readonly ms: number | null;
      /** Why it will not land like others: its person's messages wait, one of its own was put aside, or each of an organization's people is told by themselves. */
      readonly kept?: 'held' | 'parked' | 'elsewhere';
    }
  | {
      readonly kind: 'delivery';
      readonly at: number;
      readonly what: string;
      readonly reason: string;
    };

type Fields = Readonly<Record<string, unknown>>;

type Taken = {
  readonly at: number;
  readonly told: readonly string[];
  readonly shard: string;
  /** Null: it lands with several people, each in their own time. */
  readonly seq: number | null;
};

type Answered = {
  readonly at: number;
  readonly provider: string;
  readonly type: string;
  readonly outcome: string;
  readonly reason: string | null;
};

/** So many webhooks are remembered that have not landed: then the oldest is told as it is. */
const OPEN_MAX = 1_000;

type Feed = {
  readonly print: (line: FeedLine) => void;
  readonly taken: Map<string, Taken>;
  readonly answered: Map<string, Answered>;
  /** How far each shard has delivered, and when. */
  readonly delivered: Map<string, { readonly seq: number; readonly at: number }>;
};

/** `hear` takes a line of anything: what is no decision of the relay says nothing. */
export function openFeed(print: (line: FeedLine) => void) {
  const feed: Feed = { print, taken: new Map(), answered: new Map(), delivered: new Map() };
  return {
    hear: (line: string, at: number): void => {
      const fields = decisionIn(line);
      if (fields !== null) hear(feed, fields, at);
    },
  };
}

function hear(feed: Feed, fields: Fields, at: number): void {
  const { stage, decision } = fields;
  if (stage === 'app') hearAnswer(feed, fields, at);
  else if (DELAYS.includes(String(decision))) hearDelay(feed, fields, at);
  else if (stage === 'outbox' && decision === 'accepted') hearTaken(feed, fields, at);
  else if (stage === 'outbox' && decision === 'delivered') hearDelivered(feed, fields, at);
}

function hearAnswer(feed: Feed, fields: Fields, at: number): void {
  const event = textIn(fields, 'event');
  const answer = {
    at,
    provider: textIn(fields, 'provider'),
    type: textIn(fields, 'type'),
    outcome: textIn(fields, 'decision'),
    reason: textIn(fields, 'reason') || null,
  };
  // Not a webhook, but something of the operator's.
  if (answer.provider === '') return;
  if (answer.outcome === 'accepted') {
    feed.answered.set(event, answer);
    tell(feed, event);
  } else {
    feed.print({ kind: 'webhook', ...answer, told: [], ms: null });
    if (answer.outcome === 'waiting') feed.answered.set(event, { ...answer, outcome: 'released' });
  }
  if (feed.answered.size > OPEN_MAX) tellOldest(feed);
}

function hearTaken(feed: Feed, fields: Fields, at: number): void {
  const event = textIn(fields, 'event');
  const told = namesIn(textIn(fields, 'told'));
  const seq = 'seq' in fields ? seqOf(fields) : null;
  feed.taken.set(event, { at, told, shard: textIn(fields, 'shard'), seq });
  tell(feed, event);
}

function hearDelivered(feed: Feed, fields: Fields, at: number): void {
  feed.delivered.set(textIn(fields, 'shard'), { seq: seqOf(fields), at });
  for (const event of feed.taken.keys()) tell(feed, event);
}

/** Once it is answered and has landed, whichever is heard of last. */
function tell(feed: Feed, event: string): void {
  const [answer, taken] = [feed.answered.get(event), feed.taken.get(event)];
  if (answer === undefined || taken === undefined) return;
  if (taken.seq === null) {
    forget(feed, event);
    const when = answer.outcome === 'released' ? taken.at : answer.at;
    const { told } = taken;
    feed.print({ kind: 'webhook', ...answer, at: when, told, ms: null, kept: 'elsewhere' });
    return;
  }
  const landed = feed.delivered.get(taken.shard);
  if (landed === undefined || landed.seq < taken.seq) return;
  forget(feed, event);
  const ms = Math.max(0, landed.at - taken.at);
  // What was released has landed now, and not when it came.
  const at = answer.outcome === 'released' ? landed.at : answer.at;
  feed.print({ kind: 'webhook', ...answer, at, told: taken.told, ms });
}

/** What has not landed is told as it is, before what keeps it. */
function hearDelay(feed: Feed, fields: Fields, at: number): void {
  const shard = textIn(fields, 'shard');
  const kept = [...feed.taken].filter(([, taken]) => taken.shard === shard);
  for (const [event, { told }] of kept) {
    const answer = feed.answered.get(event);
    if (answer === undefined) continue;
    forget(feed, event);
    feed.print({ kind: 'webhook', ...answer, told, ms: null });
  }
  const [what, reason] = [textIn(fields, 'decision'), textIn(fields, 'reason')];
  feed.print({ kind: 'delivery', at, what, reason });
}

/** Of a Worker of another version that does not say what it told. */
function tellOldest(feed: Feed): void {
  const [[event, answer] = []] = feed.answered;
  if (event === undefined || answer === undefined) return;
  forget(feed, event);
  if (answer.outcome === 'accepted') {
    feed.print({ kind: 'webhook', ...answer, told: [], ms: null });
  }
}

function forget({ answered, taken }: Feed, event: string): void {
  answered.delete(event);
  taken.delete(event);
}

const DELAYS = ['retry', 'paused', 'parked', 'erasure_refused', 'email_later'];

function decisionIn(line: string): Fields | null {
  // Whoever prints the line may put something before it.
  const start = line.indexOf('{"stage":');
  if (start < 0) return null;
  try {
    const json: unknown = JSON.parse(line.slice(start));
    return typeof json === 'object' && json !== null ? { ...json } : null;
  } catch {
    return null;
  }
}

/** `User Deleted` and `Object Deleted` are one name of two words. */
function namesIn(text: string): readonly string[] {
  return text.match(/(?:User|Object) \S+|\S+/g) ?? [];
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function seqOf({ seq }: Fields): number {
  return typeof seq === 'number' ? seq : 0;
}
