// Whose is an event that nothing waits before: the subscription's holder, the person it names itself, or its customer's.
// Reads only.

import type { Holding, PersonEvent } from '../person/news.ts';
import { isOrganization } from '../person/owner.ts';
import { meant } from './meant.ts';
import type { Holder } from './tables/holders.ts';
import { isOfSome, placedBy } from './tables/links.ts';
import type { LinksTables } from './tables/tables.ts';

type PlacedBy = Pick<PersonEvent, 'link' | 'isTyped' | 'holding' | 'isElsewhere' | 'isGone'>;

export type Belonging =
  /** And by what, as the event will carry it. */
  | ({
      readonly kind: 'person';
      readonly userId: string;
      /** Other outbox shards where what it tells may have been told. Absent: none. */
      readonly formers?: readonly string[];
    } & PlacedBy)
  | { readonly kind: 'unknown' }
  /** Its person is deleted, or it is no person's. */
  | { readonly kind: 'nobody' };

/** `userId`: whom the event names itself, by their id or by a name of before. */
type Asked = {
  readonly customerId: string;
  readonly userId: string | null;
  readonly event: PersonEvent;
};

export function whose(tables: LinksTables, asked: Asked): Belonging {
  const belonging = belongingOf(tables, asked);
  if (belonging.kind !== 'person') return belonging;
  const formers = tables.formers.besides(asked.customerId, belonging.userId);
  const placed = formers.length === 0 ? belonging : { ...belonging, formers };
  return tables.gone.has(asked.customerId) ? { ...placed, isGone: true } : placed;
}

function belongingOf(tables: LinksTables, asked: Asked): Belonging {
  const { customerId, event } = asked;
  const userId = meant(tables, asked.userId);
  const said: Belonging =
    userId === null ? ofCustomer(tables, customerId) : { kind: 'person', userId };
  if (event.of === undefined) return said;
  const holder = tables.holders.find(event.of.subscriptionId);
  return holder === null ? said : whoHolds(tables, holder, { said, of: event.of });
}

/** By a link that has moved: until the old person is closed and has handed over, nothing goes to the new one. */
export function isMoving({ moves }: LinksTables, customerId: string, to: Belonging): boolean {
  return to.kind === 'person' && to.link !== undefined && moves.isMoving(customerId);
}

function whoHolds(
  tables: LinksTables,
  holder: Holder,
  { said, of }: { readonly said: Belonging; readonly of: Holding },
): Belonging {
  const held = heldBy(tables, holder);
  const by = { holding: holder.version };
  // What the subscription itself tells of the time before is told to whoever had it then.
  const isEarlier = of.says !== undefined && of.asOf < holder.asOf;
  if (isEarlier && said.kind === 'person' && !isSame(said, held)) {
    return { ...said, ...by, isElsewhere: true };
  }
  return held.kind === 'person' ? { ...held, ...by } : held;
}

function heldBy(tables: LinksTables, { source, customerId, userId }: Holder): Belonging {
  if (source === 'organization') return ofSome(tables, customerId);
  return userId === null ? ofCustomer(tables, customerId) : { kind: 'person', userId };
}

/** While organizations were off it was not noted which. What is its customer's says so, if that is one's. */
function ofSome(tables: LinksTables, customerId: string): Belonging {
  if (!tables.areOrganizationsOn) return { kind: 'nobody' };
  const its = ofCustomer(tables, customerId);
  return its.kind === 'person' && isOrganization(its.userId) ? its : { kind: 'unknown' };
}

function isSame(one: Belonging, other: Belonging): boolean {
  return one.kind === 'person' && other.kind === 'person' && one.userId === other.userId;
}

function ofCustomer({ links, areOrganizationsOn }: LinksTables, customerId: string): Belonging {
  const link = links.find(customerId);
  if (link === null || (areOrganizationsOn && isOfSome(link))) return { kind: 'unknown' };
  if (link.userId === null) return { kind: 'nobody' };
  return { kind: 'person', userId: link.userId, ...placedBy(link) };
}
