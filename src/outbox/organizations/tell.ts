// Tell: who hears what of an organization, as notices. Whoever has one of the roles and who bought hear what happens to it,
// each once; where there is nobody, its maker does. As long as Clerk has told nothing of it, what happened waits.

import { momentFor, toldMember } from '../../person/membership.ts';
import type { MessageOptions } from '../../person/messages.ts';
import type { Moment } from '../../person/moment.ts';
import type { Member, OrganizationState } from '../../person/organization-facet.ts';
import { own } from '../../person/own.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { briefSince } from './large.ts';
import type { Current } from './members.ts';

/** What is told to one person alone. `member` undefined: they are what they were. */
export type Aside = {
  readonly userId: string;
  readonly member: Member | null | undefined;
  readonly moments: readonly Moment[];
};

/** `id` of the organization; `now` in Unix milliseconds. */
export type Telling = {
  readonly id: string;
  readonly state: OrganizationState;
  readonly asides: readonly Aside[];
  readonly moments: readonly Moment[];
  /** The customer the moments are of. */
  readonly customerId: string | null;
  readonly now: number;
  /** Who is in it comes in parts: what has waited goes on waiting for the others. */
  readonly isSilent: boolean;
};

/** `notices`: how many there are; `unheard`: moments for which there was nobody. */
type Told = { readonly notices: number; readonly unheard: number };

export function tell(tables: Tables, telling: Telling, options: MessageOptions): Told {
  const { id, state, asides, moments, customerId, now, isSilent } = telling;
  const org = personKey(id);
  const isUnknown = isSilent || (state.facet === null && tables.members.count(org) === 0);
  const waited = isUnknown ? [] : waitedFor(tables, org);
  const told = isUnknown ? [] : [...waited, ...moments.map((moment) => ({ moment, customerId }))];
  const roles = told.length === 0 ? [] : heirs(tables, id, options);
  const heard = told.map((each) => ({
    moment: each.moment,
    to: recipientsOf(tables, telling, { ...each, roles }),
  }));
  const notices = joined([
    ...asides,
    ...heard.flatMap(({ moment, to }) => to.map((each) => asideOf(telling, moment, each))),
  ]);
  notify(tables, telling, notices);
  const waits = isUnknown && moments.length > 0;
  if (waits) {
    const news = { kind: 'membership', organizationId: id, moments, customerId } as const;
    tables.notices.add({ org, userId: '', at: now, news });
    tables.lookUps.add(org, id, now);
  }
  return {
    notices: notices.length + Number(waits),
    unheard: heard.filter(({ to }) => to.length === 0).length,
  };
}

function notify({ large, notices }: Tables, { id, state, now }: Telling, all: readonly Aside[]) {
  const org = personKey(id);
  const how = large.find(org);
  for (const { userId, member, moments } of all) {
    const isBrief = briefSince(how, member?.role ?? null) !== null;
    const teller = { id, state, isBrief };
    let at = 0;
    do {
      const some = moments.slice(at, at + MOMENTS_MAX);
      const news = toldMember(teller, at === 0 ? member : undefined, some);
      notices.add({ org, userId, at: now, news });
      at += MOMENTS_MAX;
    } while (at < moments.length);
  }
}

/**
 * Of one notice, which is one row, and one entry in the journal of whom it is for: thousands may have waited until somebody was in the
 * organization, and a row takes 2 MB.
 */
const MOMENTS_MAX = 50;

/** What happened, and at which customer: who bought may be known by that alone. */
type Happened = Pick<Telling, 'customerId'> & { readonly moment: Moment };

function waitedFor({ notices, lookUps }: Tables, org: string): Happened[] {
  lookUps.remove(org);
  return notices.takeWaiting(org).flatMap((news) => {
    if (news.kind !== 'membership') return [];
    const { moments, customerId = null } = news;
    return moments.map((moment) => ({ moment, customerId }));
  });
}

/** Somebody who hears of it; `isIn` false: they made it, and are not in it. */
type Recipient = Current & { readonly isIn: boolean };

/** Those with one of the roles. */
export function heirs({ members }: Tables, id: string, options: MessageOptions): Current[] {
  return members.withRoles(personKey(id), options.organizations?.roles ?? []);
}

export function recipientsOf(
  tables: Tables,
  { id, state }: Pick<Telling, 'id' | 'state'>,
  { moment, customerId, roles }: Happened & { readonly roles: readonly Current[] },
): Recipient[] {
  const buyerId = own(state.buyers, moment.subscriptionId) ?? own(state.buyers, customerId);
  const buyer = memberNamed(tables, id, buyerId);
  const isAnotherBuyer = buyer?.isIn === true && !roles.some((each) => each.userId === buyerId);
  const all = [
    ...roles.map((each) => ({ ...each, isIn: true })),
    ...(isAnotherBuyer ? [buyer] : []),
  ];
  if (all.length > 0) return all;
  const maker = memberNamed(tables, id, state.facet?.createdBy ?? null);
  return maker === null ? [] : [maker];
}

function memberNamed({ members }: Tables, id: string, userId: string | null): Recipient | null {
  const org = personKey(id);
  if (userId === null || members.isGone(org, userId)) return null;
  const known = members.find(org, userId);
  // They have left.
  if (known?.member === null) return null;
  return { userId, role: null, joinedAt: null, ...known?.member, isIn: known !== null };
}

function asideOf({ id, state }: Telling, moment: Moment, to: Recipient): Aside {
  const { userId, role, joinedAt, isIn } = to;
  const name = state.facet?.name ?? null;
  return {
    userId,
    member: isIn ? { role, joinedAt } : undefined,
    moments: [momentFor(userId, moment, { id, name, role })],
  };
}

/** One notice for each, and in it everything for them. What they are in it is said where anything says it. */
function joined(asides: readonly Aside[]): Aside[] {
  const all = new Map<string, Aside>();
  for (const { userId, member, moments } of asides) {
    const known = all.get(userId);
    const both = [...(known?.moments ?? []), ...moments];
    if (member === undefined && both.length === 0) continue;
    const said = known?.member === undefined ? member : known.member;
    all.set(userId, { userId, member: said, moments: both });
  }
  return [...all.values()];
}
