// The auditor: after every step it reads one shard's tables, without the project's code, and holds them against what
// landed. Every accepted message is exactly one of landed, pending, parked, asked again or left out for a deleted person.

import type { Call } from '../emulator/strict.ts';
import { idOf, nameOf, TRAVEL_MS } from './receiver.ts';
import type { Receiver } from './receiver.ts';
import type { Database } from './tables.ts';
import {
  cursorOf,
  deliveryOf,
  erasedIn,
  failedAlone,
  heldIn,
  isMemberIn,
  isRelatedIn,
  journalAfter,
  mailsDueIn,
  oldestPendingAt,
  parkedIn,
  parkedMails,
  parkedNames,
  removalsIn,
} from './tables.ts';

type Position = { readonly seq: number; readonly part: number };

type Accepted = {
  readonly id: string;
  readonly person: string;
  readonly type: string;
  readonly isRemoval: boolean;
  /** The member an organization's object goes through; null: it is about its person. */
  readonly through: string | null;
  /** Whom it relates, and to which organization. */
  readonly related: readonly [userId: string, organizationId: string] | null;
  readonly position: Position;
};

/** What a check found: words for the seed's report. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

function isBefore(a: Position, b: Position): boolean {
  return a.seq !== b.seq ? a.seq < b.seq : a.part < b.part;
}

export function createAuditor(db: Database, receiver: Receiver) {
  const accepted: Accepted[] = [];
  /** Where a message stands last in the journal: a replay stands there again. */
  const newest = new Map<string, Accepted>();
  const wasParked = new Set<string>();
  const lastTrack = new Map<string, Accepted>();
  const here = new Set<string>();
  const erasedAt = new Map<string, number>();
  /** Passed by the cursor, and held: looked at again until they are accounted for. */
  const waiting = new Set<Accepted>();
  let lastSeq = 0;
  let passed = 0;
  let cursor: Position = { seq: 0, part: 0 };

  function readJournal(): void {
    for (const entry of journalAfter(db, lastSeq)) {
      if (entry.seq !== lastSeq + 1) throw new Violation(`a gap in the journal at ${entry.seq}`);
      lastSeq = entry.seq;
      for (const [part, message] of entry.messages.entries()) {
        const position = { seq: entry.seq, part };
        const { person, isRemoval } = entry;
        const type = String(message['type']);
        const [through, related] = [throughOf(message), relatedIn(message)];
        const one = { id: idOf(message), person, type, isRemoval, through, related, position };
        accepted.push(one);
        newest.set(one.id, one);
      }
    }
  }

  /** Everything behind the cursor has to be accounted for. */
  function check(now: number): void {
    readJournal();
    for (const person of erasedIn(db)) if (!erasedAt.has(person)) erasedAt.set(person, now);
    const next = cursorOf(db);
    if (isBefore(next, cursor)) throw new Violation('the cursor went back');
    cursor = next;
    const parked = parkedIn(db);
    for (const id of parked) wasParked.add(id);
    const healthy = failedAlone(db).find((name) => !name.startsWith('poison'));
    if (healthy !== undefined) throw new Violation(`${healthy} was parked and is healthy`);
    const removals = removalsIn(db);
    const held = new Set(heldIn(db).map(({ id }) => id));
    const isKept = (one: Accepted) => {
      // A removal is never parked nor held: somebody is owed it.
      if (receiver.landed.has(one.id) || (parked.has(one.id) && !one.isRemoval)) return true;
      if (one.isRemoval ? removals.has(one.id) : erasedAt.has(one.person)) return true;
      // Nothing goes through somebody who has left, and nobody is related who has.
      if (one.through !== null && !isMemberIn(db, one.through)) return true;
      if (one.related !== null && !isRelatedIn(db, ...one.related)) return true;
      return one.type === 'identify' && isFolded(one, parked);
    };
    const settle = (one: Accepted) => {
      if (isKept(one)) waiting.delete(one);
      else if (!one.isRemoval && held.has(one.id)) waiting.add(one);
      else throw new Violation(`${one.type} ${one.id} was passed over: neither landed nor kept`);
    };
    for (const one of waiting) settle(one);
    for (; passed < accepted.length; passed += 1) {
      const one = accepted[passed];
      if (one === undefined || !isPassed(one.position, cursor)) return;
      settle(one);
    }
  }

  /** A newer identify of the person went in its place. */
  function isFolded(one: Accepted, parked: ReadonlySet<string>): boolean {
    return accepted.some(
      (other) =>
        other.type === 'identify' &&
        other.person === one.person &&
        isBefore(one.position, other.position) &&
        (receiver.landed.has(other.id) || parked.has(other.id) || wasParked.has(other.id)),
    );
  }

  /** New effects at Customer.io: one person's in the order of the journal, the identify before what follows it. */
  function land(calls: readonly Call[], now: number): void {
    readJournal();
    for (const call of calls) {
      const one = newest.get(idOf(call));
      if (one === undefined) throw new Violation(`${idOf(call)} landed and was never accepted`);
      here.add(one.id);
      here.add(nameOf(call));
      if (!one.isRemoval && now > (erasedAt.get(one.person) ?? now) + TRAVEL_MS.max) {
        throw new Violation(`${one.id} was sent although its person is deleted`);
      }
      if (one.type !== 'track') continue;
      if (!one.isRemoval) checkIdentified(one);
      const last = lastTrack.get(one.person);
      if (last !== undefined && isBefore(one.position, last.position)) {
        throw new Violation(`${one.id} landed after what was accepted later`);
      }
      lastTrack.set(one.person, one);
    }
  }

  /** What happened finds the traits of its time, or newer ones. */
  function checkIdentified(track: Accepted): void {
    const theirs = accepted.filter(
      ({ type, person }) => type === 'identify' && person === track.person,
    );
    const needed = theirs.findLast(({ position }) => isBefore(position, track.position));
    if (needed === undefined) return;
    const isThere = theirs.some(
      ({ id, position }) =>
        !isBefore(position, needed.position) && (here.has(id) || wasParked.has(id)),
    );
    if (!isThere) throw new Violation(`${track.id} landed before its identify ${needed.id}`);
  }

  /** What has still to land: of the journal, of those who are held, and removals that are asked again. */
  function pending(): number {
    return lastSeq - cursor.seq + heldIn(db).length + removalsIn(db).size;
  }

  /** The moment has landed, and its person is not deleted. */
  function mail(name: string, person: string, now: number): void {
    if (!here.has(name)) throw new Violation(`${name} was mailed and has not landed`);
    if (now > (erasedAt.get(person) ?? now) + TRAVEL_MS.max) {
      throw new Violation(`${name} was mailed although its person is deleted`);
    }
  }

  /** By the name of the webhook's moment. */
  function isParked(name: string): boolean {
    return parkedNames(db).has(name);
  }

  return {
    check,
    land,
    mail,
    pending,
    /** Of whoever stands in the journal, since they were accepted. */
    longestWaitMs: (now: number) => {
      const at = oldestPendingAt(db, cursor.seq);
      return at === null ? 0 : now - at;
    },
    isPaused: () => (deliveryOf(db)['pause'] ?? null) !== null,
    isHeld: () => heldIn(db).length > 0,
    isParked,
    mailsDue: () => mailsDueIn(db),
    isMailParked: (name: string) => parkedMails(db).has(name),
    isErased: (person: string) => erasedAt.has(person),
    parkedCount: () => parkedIn(db).size,
  };
}

function throughOf(message: Call): string | null {
  return message['type'] === 'group' && relatedIn(message) === null
    ? String(message['userId'])
    : null;
}

/** Whom it relates, and to what. */
function relatedIn({ type, userId, groupId, traits }: Call): [string, string] | null {
  const isRelation = type === 'group' && Object.hasOwn(Object(traits), 'relationshipAttributes');
  return isRelation ? [String(userId), String(groupId)] : null;
}

/** The cursor names the entries that are done and how many messages of the next one. */
function isPassed(position: Position, cursor: Position): boolean {
  if (position.seq <= cursor.seq) return true;
  return position.seq === cursor.seq + 1 && position.part < cursor.part;
}
