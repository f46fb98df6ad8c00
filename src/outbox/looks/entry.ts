// One entry of the journal as the operator sees it: which webhook it came of, what was sent, whether and when that landed, and
// what became of the mail that a rule sends. Read-only.

import type { EmailRule } from '../../config/config.ts';
import type { Message } from '../../person/message.ts';
import { HOUR_MS } from '../../platform/time.ts';
import { configIn } from '../capability.ts';
import type { ShardWorld } from '../capability.ts';
import { batchOf } from '../delivery/course.ts';
import type { Entry, WebhookNote } from '../journal/entry.ts';

/** `skipped` and `due` carry the code that says why; null: nobody remembers, or it is its turn soon. */
type MailState = {
  readonly state: 'waits' | 'due' | 'mailed' | 'parked' | 'skipped';
  /** The transactional message that the rule names. */
  readonly rule: string | number;
  readonly at: number | null;
  readonly code: string | null;
};

export type ShownMessage = {
  readonly message: Message;
  /** `held`: it waits behind one that fails alone; `parked`: Customer.io does not take it. */
  readonly state: 'pending' | 'landed' | 'held' | 'parked';
  /** Its number among what is parked; null where it is not. */
  readonly parked: number | null;
  /** Null where no rule mails about it. */
  readonly mail: MailState | null;
};

/** Times in Unix milliseconds; `landedAt` is null for what has not landed, and for what did longer ago than is remembered. */
export type ShownEntry = {
  readonly seq: number;
  readonly at: number;
  readonly webhook: WebhookNote | null;
  readonly landedAt: number | null;
  readonly tookMs: number | null;
  readonly messages: readonly ShownMessage[];
};

/** Things of one person among what is parked that are looked at. */
const PARKED_MAX = 100;
/** Messages that wait behind one that fails alone. */
const HELD_MAX = 500;
const MOMENT_AGE_MS_MAX = 72 * HOUR_MS;

type Parked = { readonly seq: number; readonly reason: string };

export function shownEntries(world: ShardWorld, entries: readonly Entry[]): ShownEntry[] {
  const [first] = entries;
  if (first === undefined) return [];
  const parked = parkedOf(world, first.person);
  return entries.map((entry) => shownEntry(world, entry, parked));
}

function shownEntry(
  world: ShardWorld,
  entry: Entry,
  parked: ReadonlyMap<string, Parked>,
): ShownEntry {
  const { seq, at, messages, webhook } = entry;
  const batch = batchOf(world.storage.delivery().batches, seq);
  return {
    seq,
    at,
    webhook: webhook ?? null,
    landedAt: batch?.at ?? null,
    tookMs: batch?.ms ?? null,
    messages: messages.map((message, part) => {
      const aside = parked.get(message.messageId);
      const state = stateOf(world, { entry, part, aside });
      return {
        message,
        state,
        parked: aside?.seq ?? null,
        mail: mailOf(world, { entry, message, state, aside }),
      };
    }),
  };
}

function stateOf(
  { storage }: ShardWorld,
  { entry, part, aside }: { entry: Entry; part: number; aside: Parked | undefined },
): ShownMessage['state'] {
  if (aside !== undefined && !aside.reason.startsWith('email_')) return 'parked';
  const { cursor } = storage.delivery();
  const isPassed = entry.seq <= cursor.seq || (entry.seq === cursor.seq + 1 && part < cursor.part);
  if (!isPassed) return 'pending';
  const { holds } = storage.tables();
  const waiting = holds.isHeld(entry.person) ? holds.messagesOf(entry.person, HELD_MAX) : [];
  const isHeld = waiting.some((each) => each.seq === entry.seq && each.part === part);
  return isHeld ? 'held' : 'landed';
}

function mailOf(
  world: ShardWorld,
  about: {
    readonly entry: Entry;
    readonly message: Message;
    readonly state: ShownMessage['state'];
    readonly aside: Parked | undefined;
  },
): MailState | null {
  const { message, state, aside } = about;
  const { rules } = configIn(world).emails;
  if (message.type !== 'track' || !Object.hasOwn(rules, message.event)) return null;
  const rule = rules[message.event];
  if (rule === undefined) return null;
  const said = { rule: rule.id, at: null, code: null };
  if (state !== 'landed') return { ...said, state: 'waits' };
  if (aside !== undefined) return { ...said, state: 'parked', code: aside.reason };
  const { emails, emailMarks } = world.storage.tables();
  const mailedAt = emailMarks.at(message.messageId);
  if (mailedAt !== null) return { ...said, state: 'mailed', at: mailedAt };
  if (emails.isDue(about.entry.person, message.messageId)) {
    return { ...said, state: 'due', code: emails.mailing().delay };
  }
  return { ...said, state: 'skipped', code: whyNot(world, rule, { entry: about.entry, message }) };
}

/** From what is still known: the log said it when it happened. */
function whyNot(
  { storage }: ShardWorld,
  { everyMs }: EmailRule,
  told: { readonly entry: Entry; readonly message: Extract<Message, { type: 'track' }> },
): string | null {
  const { entry, message } = told;
  if (entry.at - Date.parse(message.timestamp) > MOMENT_AGE_MS_MAX) return 'too_old';
  const { emailMarks, people } = storage.tables();
  const before = emailMarks.newestBefore(entry.person, message, entry.at + everyMs);
  if (before !== null && entry.at - before < everyMs) return 'mailed_lately';
  const verified = people.find(entry.person)?.user?.traits['emailVerified'];
  return verified === false ? 'email_unverified' : null;
}

function parkedOf({ storage }: ShardWorld, person: string): ReadonlyMap<string, Parked> {
  const { parked } = storage.tables();
  const found = new Map<string, Parked>();
  let row = parked.nextOf(person, 0);
  while (row !== null && found.size < PARKED_MAX) {
    const { content, seq, reason } = row;
    if (typeof content === 'object' && content !== null && 'messageId' in content) {
      found.set(String(content.messageId), { seq, reason });
    }
    row = parked.nextOf(person, seq);
  }
  return found;
}
