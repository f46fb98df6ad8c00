// Record of an organization: what it has become into its row, and what there is to tell into the notices, the fan-outs and,
// of its object at Customer.io, into the journal. The caller runs it in one transaction.

import { asMapped } from '../../person/mapping.ts';
import { toldMember } from '../../person/membership.ts';
import type { Moment } from '../../person/moment.ts';
import type { OrganizationState } from '../../person/organization-facet.ts';
import { namedIn, stateOf, summaryOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { MessageContext, Recorded } from '../people/recorded.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { withObject } from './objects.ts';
import { tell } from './tell.ts';
import type { Aside, Telling } from './tell.ts';

/** What is pulled comes in parts: so long nobody is told the first of them alone. Whoever has pulled it says earlier that it is over. */
const QUIET_MS = 3_600_000;

/** Rows that telling a member costs. */
const ROWS_TOLD = 2;

type OrganizationChange = {
  readonly before: Person;
  readonly person: Person;
  readonly moments: readonly Moment[];
  readonly asides?: readonly Aside[];
  /** The customer the event is of. */
  readonly customerId?: string | null;
  readonly isSilent?: boolean;
  /** As of the event. */
  readonly isListed?: boolean;
};

export function recordOrganization(
  tables: Tables,
  change: OrganizationChange,
  context: MessageContext,
): Recorded {
  const { before, moments, asides = [] } = change;
  const org = personKey(before.userId);
  const { organization, notices, isFannedOut, owed } = told(tables, change, context);
  const { person, messages: objects } = withObject(tables, organization, context);
  if (JSON.stringify(person) !== JSON.stringify(before)) {
    tables.people.save(org, person, context.room);
  }
  if (objects.length > 0) {
    const entry = { at: context.now, person: org, isRemoval: false };
    tables.journal.append({ ...entry, messages: objects });
  }
  const messages = notices + Number(isFannedOut) + objects.length;
  if (messages === 0) return { outcome: 'duplicate', messages };
  const happened = [...moments, ...asides.flatMap((aside) => aside.moments)];
  const names = new Set(happened.map(({ name }) => name));
  return { outcome: 'accepted', messages, told: [...names], owed };
}

/** The organization under the names of today, with what its members are told of it. */
function told(tables: Tables, change: OrganizationChange, { options, now }: MessageContext) {
  const { before, person, moments, asides = [], customerId = null, isSilent = false } = change;
  const { userId: id } = before;
  const mapped = asMapped(person, options.mapping);
  const known = stateOf(mapped);
  const summary = summaryOf(mapped, options.freePlan);
  const isOther = JSON.stringify(summary) !== JSON.stringify(known.summary);
  const isMoved = isOther || asides.some(({ member }) => member !== undefined);
  const state = { ...known, summary, version: known.version + Number(isMoved) };
  const later = change.isListed === true ? asides.filter(isQuiet) : [];
  const telling = { id, state, asides: asides.filter((each) => !later.includes(each)), moments };
  const { notices, unheard } = tell(tables, { ...telling, customerId, now, isSilent }, options);
  const named = tellNamed(tables, { id, state, now }, { before, person });
  const at = change.isListed === true ? now + QUIET_MS : now;
  const fannedOut = fanOut(tables, { id, state, isOther, later: later.length, at });
  const all = (known.unheard ?? 0) + unheard;
  const counted = all === 0 ? state : { ...state, unheard: all };
  const organization = { ...mapped, organization: counted };
  return { organization, notices: notices + named, ...fannedOut };
}

/** Somebody is in it, or is something else in it, and nothing has happened: the fan-out tells them. Who has left is in none. */
function isQuiet({ member, moments }: Aside): boolean {
  return member !== undefined && member !== null && moments.length === 0;
}

type Fanning = {
  readonly id: string;
  readonly state: OrganizationState;
  /** All are told something else. */
  readonly isOther: boolean;
  /** How many are told by it who are told nothing now. */
  readonly later: number;
  readonly at: number;
};

/** `owed`: the rows it will write, beside those of one that is to go out already. */
function fanOut(
  { fanOuts, large, members }: Tables,
  { id, state: { version }, isOther, later, at }: Fanning,
): { readonly isFannedOut: boolean; readonly owed: number } {
  const count = isOther ? members.count(personKey(id)) : 0;
  if (count + later === 0) return { isFannedOut: false, owed: 0 };
  const org = personKey(id);
  // Whatever they were told before is older than that.
  const known = large.find(org);
  if (later > 0 && known !== null) large.save(org, { ...known, since: version });
  const isPending = fanOuts.find(id) !== null;
  fanOuts.start(id, version, at);
  return { isFannedOut: true, owed: ROWS_TOLD * (isPending ? later : Math.max(count, later)) };
}

/** Whoever stands in the row and in no member's is told so, silently: they would not say that they are deleted. */
function tellNamed(
  { members, notices }: Tables,
  { id, state, now }: Pick<Telling, 'id' | 'state' | 'now'>,
  { before, person }: Pick<OrganizationChange, 'before' | 'person'>,
): number {
  const org = personKey(id);
  const known = namedIn(before);
  const named = [...namedIn(person)].filter(
    (userId) => !known.has(userId) && members.find(org, userId) === null,
  );
  const news = toldMember({ id, state }, undefined, []);
  for (const userId of named) notices.add({ org, userId, at: now, news });
  return named.length;
}
