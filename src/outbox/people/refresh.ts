// Refresh: whoever of this shard was last told something else than what is so by the configuration of today gets one
// identify. A slice of people at a time, in the order of their keys, so that nothing is read whole, a restart repeats one
// slice at most, and repeating changes nothing. Whoever is told by hand goes the same way, due or not.

import { differingTraits } from '../../person/fingerprint.ts';
import { identified, isIdentifyDue, toldTraits } from '../../person/identify.ts';
import { asMapped, hasUnread } from '../../person/mapping.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { isOrganization } from '../../person/owner.ts';
import type { Person } from '../../person/person.ts';
import { configIn } from '../capability.ts';
import { tellObject } from '../organizations/objects.ts';
import { refreshOrganization } from '../organizations/refresh.ts';
import { armForNews } from '../ring.ts';
import type { Shard } from '../shard.ts';
import type { Tables } from '../tables.ts';
import type { MessageContext } from './recorded.ts';
import { joinRefreshed, NOBODY } from './refreshed.ts';
import type { Refreshed } from './refreshed.ts';
import { personKey } from './table.ts';

export type RefreshRequest = {
  /** The key behind which the slice begins; empty to begin with. */
  readonly after: string;
  readonly most: number;
  /** Counts, and sends nothing. */
  readonly isDryRun: boolean;
  /** A configuration that is not in force: it is only counted by it, whatever `isDryRun` says. */
  readonly under?: MessageOptions;
};

/** `next` null: that was the last slice. `pending`: entries still to deliver; `rows`: written for it. */
export type RefreshedSlice = Refreshed & {
  readonly next: string | null;
  readonly pending: number;
  readonly rows: number;
};

export function refreshSlice(shard: Shard, request: RefreshRequest): RefreshedSlice {
  const { storage, platform } = shard;
  const { after, most, under } = request;
  const options = under ?? configIn(shard).messages;
  const isDryRun = request.isDryRun || under !== undefined;
  const rowsBefore = storage.rowsWritten();
  const { refreshed, next } = storage.transaction((tables) => {
    const people = tables.people.page(after, most);
    const all = people.rows.map(({ key, person }) => {
      if (person === null) return NOBODY;
      const mapped = asMapped(person, options.mapping);
      const found = foundOf(key, mapped, options);
      if (found.due > 0 && !isDryRun) tell(tables, mapped, { options, now: platform.now() });
      return found;
    });
    const context = { options, now: platform.now(), isDryRun };
    const told = people.organizations.map((each) => refreshOrganization(tables, each, context));
    return { refreshed: [...all, ...told].reduce(joinRefreshed, NOBODY), next: people.next };
  });
  if (refreshed.due > 0 && !isDryRun) armForNews(shard);
  return { ...refreshed, next, ...costOf(shard, rowsBefore) };
}

/** An identify for each of these people, a group for each organization, whatever they were told: what Customer.io has lost is not seen from here. */
export function identifyAgain(shard: Shard, userIds: readonly string[]) {
  const { storage, platform } = shard;
  const context = { options: configIn(shard).messages, now: platform.now() };
  const rowsBefore = storage.rowsWritten();
  const told = storage.transaction((tables) =>
    userIds.filter((userId) => {
      const person = tables.people.find(personKey(userId)) ?? null;
      if (isOrganization(userId)) {
        return tellObject(tables, userId, { ...context, isAgain: true });
      }
      if (person === null) return false;
      tell(tables, asMapped(person, context.options.mapping), context);
      return true;
    }),
  );
  if (told.length > 0) armForNews(shard);
  return { identified: told.length, ...costOf(shard, rowsBefore) };
}

function foundOf(key: string, person: Person, options: MessageOptions): Refreshed {
  const { user, told } = person;
  const unread = user !== null && hasUnread(user, options.mapping.traits) ? 1 : 0;
  if (!isIdentifyDue(person, options)) return { ...NOBODY, seen: 1, unread };
  const differing = told === undefined ? [] : differingTraits(told, toldTraits(person, options));
  return {
    seen: 1,
    due: 1,
    unknown: told === undefined ? 1 : 0,
    unread,
    traits: Object.fromEntries(differing.map((name) => [name, 1])),
    examples: [key],
  };
}

function tell(tables: Tables, person: Person, { options, now }: MessageContext): void {
  const { person: told, message } = identified(person, options, now);
  const key = personKey(person.userId);
  tables.people.save(key, told);
  tables.journal.append({ at: now, person: key, isRemoval: false, messages: [message] });
}

function costOf({ storage }: Shard, rowsBefore: number) {
  const pending = storage.tables().journal.lastSeq() - storage.delivery().cursor.seq;
  return { pending, rows: storage.rowsWritten() - rowsBefore };
}
