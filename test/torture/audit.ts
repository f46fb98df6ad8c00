// The end of a campaign: the books are closed, and the files on the disk of the Worker, which is dead by then, are read.

import { eachStoredRow } from '../support/stored.ts';
import type { Books, Stream } from './books.ts';
import { isMailed } from './books.ts';
import { ownerOf } from './lives.ts';

type Row = Readonly<Record<string, unknown>>;

/** What the disk says. */
type Left = {
  /** Rows of work that is not done, by table. */
  readonly undone: number;
  readonly parked: readonly Row[];
  /** Rows that hold a deleted person's id. */
  readonly traces: number;
};

/** Empty once everything is done, however long ago everything was delivered. */
const WORK = [
  'moves',
  'leavings',
  'waiting',
  'queues',
  'erasures',
  'removals',
  'holds',
  'held',
  'emails',
];

export function readDisk(folder: string, books: Books): Left {
  const deleted = [...books.streams.values()].filter(({ deletedAt }) => deletedAt !== null);
  const ids = new Set(deleted.map(({ name }) => `user_${name}`));
  const parked: Row[] = [];
  let [undone, traces] = [0, 0];
  eachStoredRow(folder, (table, row) => {
    if (WORK.includes(table)) undone += 1;
    if (table === 'parked') parked.push(row);
    if (isOfAny(ids, row)) traces += 1;
  });
  return { undone, parked, traces };
}

/** What is wrong, by name: nothing. */
export function wrongIn({ faults, undone }: Pick<Verdict, 'faults' | 'undone'>): string[] {
  return Object.entries({ ...faults, ...undone })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${name} ${count}`);
}

function isOfAny(ids: ReadonlySet<string>, row: Row): boolean {
  for (const value of Object.values(row)) {
    if (typeof value !== 'string') continue;
    for (const [id] of value.matchAll(/user_short\w+/g)) if (ids.has(id)) return true;
  }
  return false;
}

export type Verdict = ReturnType<typeof verdictOf>;

export function verdictOf(books: Books, left: Left) {
  const streams = [...books.streams.values()];
  const ambiguous = ambiguousIn(left.parked);
  const count = (of: (stream: Stream) => number) =>
    streams.reduce((sum, each) => sum + of(each), 0);
  const mails = count(({ mailed }) => mailed.size);
  const deletions = streams.filter(({ deletedAt }) => deletedAt !== null);
  return {
    faults: {
      ...books.faults,
      mailedTwice: count(({ mailed }) => [...mailed.values()].filter((times) => times > 1).length),
      parkedInHealth: left.parked.filter(({ reason }) => reason !== 'email_ambiguous').length,
    },
    /** May be done yet; at the end each is a fault. */
    undone: {
      lost: count(lostOf),
      mails: count((stream) => mailsLostOf(stream, ambiguous)),
      moves: streams.filter((stream) => !isWithItsOwner(stream, books)).length,
      removals: deletions.filter(({ name }) => books.removals.get(`user_${name}`) !== 1).length,
      tracesOfDeleted: left.traces,
      rowsOfWork: left.undone,
    },
    figures: {
      ...books.figures,
      answered: count(({ answered }) => answered),
      moves: count(({ movesBegun }) => movesBegun),
      deletions: deletions.length,
      mails,
      ambiguousMails: ambiguous.size,
    },
  };
}

/** Of somebody who was deleted, what had not landed by then never does. */
function lostOf({ deletedAt, answered, landed }: Stream): number {
  if (deletedAt !== null) return 0;
  let lost = 0;
  for (let index = 0; index < answered; index += 1) if ((landed[index] ?? 0) === 0) lost += 1;
  return lost;
}

/** Each that was due was asked for, or is parked because nobody knows whether it was. */
function mailsLostOf(stream: Stream, ambiguous: ReadonlySet<string>): number {
  if (stream.deletedAt !== null || !/^(mailed|short)/.test(stream.name)) return 0;
  let lost = 0;
  for (let index = 0; index < stream.answered; index += 1) {
    if (!isMailed(index) || stream.mailed.has(index)) continue;
    if (!ambiguous.has(`user_${stream.name} ${index}`)) lost += 1;
  }
  return lost;
}

function ambiguousIn(parked: readonly Row[]): Set<string> {
  const mails = parked.filter(({ reason }) => reason === 'email_ambiguous');
  return new Set(
    mails.map(({ content }) => {
      const { userId, properties } = JSON.parse(String(content)) as {
        userId: string;
        properties: { amount: number };
      };
      return `${userId} ${properties.amount}`;
    }),
  );
}

/** The subscription, as it was told last, stands with whoever has the customer, and with nobody else. */
function isWithItsOwner({ name, seats, movesBegun }: Stream, { people }: Books): boolean {
  if (seats === null) return true;
  return [0, 1, 2].every((move) => {
    const owner = ownerOf(name, move);
    const traits = people.get(owner);
    const isTheirs = owner === ownerOf(name, movesBegun);
    return isTheirs
      ? traits?.subscriptions === 1 && traits.seats === seats
      : (traits?.subscriptions ?? 0) === 0;
  });
}
