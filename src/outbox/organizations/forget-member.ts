// Forget a member: their account is deleted, so nothing of their organization goes through them any more, and nothing holds
// their id. Synchronous; part of the transaction that hears of it.

import type { Message } from '../../person/message.ts';
import type { Tables } from '../tables.ts';

/** All rolls of a journal at once: five bytes for each entry. */
const SEARCH = { rolls: 1000, most: 100 };

/** `org` is the key of the organization's row. Its removal at Customer.io names nobody, and stays. */
export function forgetMember(tables: Tables, org: string, userId: string): void {
  tables.members.forgetIn(org, userId);
  const isTheirs = (message: Message) => message.userId === userId;
  emptyEntries(tables, org, isTheirs);
  const held = tables.holds.messagesOf(org, -1).filter(({ message }) => isTheirs(message));
  if (held.length > 0) tables.holds.done(org, held);
  dropParked(tables, org, userId);
}

type IsTheirs = (message: Message) => boolean;

function emptyEntries({ journal }: Tables, org: string, isTheirs: IsTheirs): void {
  for (let next: number | null = 0; next !== null;) {
    const found = journal.entriesOf(org, next, SEARCH);
    for (const { seq, isRemoval, messages } of found.entries) {
      if (!isRemoval && messages.some(isTheirs)) journal.empty(seq);
    }
    next = found.next;
  }
}

/** A message through them, or an event that names them. */
function dropParked({ parked }: Tables, org: string, userId: string): void {
  const name = JSON.stringify(userId);
  for (let row = parked.nextOf(org, 0); row !== null; row = parked.nextOf(org, row.seq)) {
    if (JSON.stringify(row.content).includes(name)) parked.remove(row.seq);
  }
}
