// Record of an organization: what it has become into its row, and what there is to tell into the notices, the fan-outs and,
// of its object at Customer.io, into the journal. The caller runs it in one transaction.

import { asMapped } from '../../person/mapping.ts';
import type { Moment } from '../../person/moment.ts';
import { stateOf, summaryOf } from '../../person/organization.ts';
import type { Person } from '../../person/person.ts';
import type { MessageContext, Recorded } from '../people/recorded.ts';
import { personKey } from '../people/table.ts';
import type { Tables } from '../tables.ts';
import { objectMessage } from './objects.ts';
import { tell } from './tell.ts';
import type { Aside } from './tell.ts';

type OrganizationChange = {
  readonly before: Person;
  readonly person: Person;
  readonly moments: readonly Moment[];
  readonly asides?: readonly Aside[];
  /** The customer the event is of. */
  readonly customerId?: string | null;
};

export function recordOrganization(
  tables: Tables,
  change: OrganizationChange,
  context: MessageContext,
): Recorded {
  const { before, moments } = change;
  const org = personKey(before.userId);
  const { organization, notices, isFannedOut } = told(tables, change, context);
  const object = objectMessage(tables, organization, context);
  const person = object?.person ?? organization;
  if (JSON.stringify(person) !== JSON.stringify(before)) tables.people.save(org, person);
  if (object !== null) {
    const messages = [object.message];
    tables.journal.append({ at: context.now, person: org, isRemoval: false, messages });
  }
  const messages = notices + Number(isFannedOut) + Number(object !== null);
  if (messages === 0) return { outcome: 'duplicate', messages };
  return { outcome: 'accepted', messages, told: moments.map(({ name }) => name) };
}

/** The organization under the names of today, with what its members are told of it. */
function told(
  tables: Tables,
  { before, person, moments, asides = [], customerId = null }: OrganizationChange,
  { options, now }: MessageContext,
) {
  const { userId: id } = before;
  const mapped = asMapped(person, options.mapping);
  const known = stateOf(mapped);
  const summary = summaryOf(mapped, options.freePlan);
  const isOther = JSON.stringify(summary) !== JSON.stringify(known.summary);
  const isMoved = isOther || asides.some(({ member }) => member !== undefined);
  const state = { ...known, summary, version: known.version + Number(isMoved) };
  const { notices, unheard } = tell(
    tables,
    { id, state, asides, moments, customerId, now },
    options,
  );
  const isFannedOut = isOther && tables.members.count(personKey(id)) > 0;
  if (isFannedOut) tables.fanOuts.start(id, state.version);
  const all = (known.unheard ?? 0) + unheard;
  const counted = all === 0 ? state : { ...state, unheard: all };
  return { organization: { ...mapped, organization: counted }, notices, isFannedOut };
}
