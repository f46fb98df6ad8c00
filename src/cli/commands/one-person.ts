// One person in Customer.io: shown, or deleted by whichever of the two ways there is.

import { ADMIN } from '../../console/contract.ts';
import type { PersonDetails } from '../../customerio/app-api.ts';
import { sendMessages } from '../../customerio/send.ts';
import { REMOVAL_EVENTS } from '../../person/message.ts';
import { USER_ID } from '../../person/owner.ts';
import { CliError, EXIT, usageError } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { persistently } from '../terminal/http.ts';
import { isEmail } from '../terminal/pairs.ts';
import { isSure } from '../terminal/prompt.ts';
import { relayValue } from '../terminal/relay-api.ts';
import { failureOf } from '../terminal/say.ts';
import type { Session } from '../terminal/session.ts';
import { stamped } from './by-hand.ts';

export async function showPerson(session: Session, id: string): Promise<PersonDetails> {
  const { api, party } = session.app();
  const answer = await persistently(() => api.person(id), session.out.note);
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'rejected' && answer.status === 404) throw nobody(id);
  throw failureOf(answer, party);
}

function nobody(id: string): CliError {
  return isEmail(id)
    ? new CliError(`Nobody in Customer.io has this email for an id.`, {
        todo: 'Find the id first: lifecycle people search --email ...',
      })
    : new CliError(`Nobody in Customer.io has the id ${id}.`, {
        todo: 'Ids are case-sensitive. Look for the person: lifecycle people search --email ...',
      });
}

export type DeleteOptions = { readonly yes?: boolean; readonly worker?: string };

/** The App API's own deletion is asked for first; it is not in the published API, so there is a second way. */
export async function deletePerson(
  session: Session,
  id: string,
  options: DeleteOptions,
): Promise<ExitCode> {
  if (isEmail(id)) {
    throw usageError(
      'People are deleted by id, not by email.',
      'lifecycle people search --email ... shows it.',
    );
  }
  const who = `${id} (${emailIn(await showPerson(session, id))})`;
  const isAgreed =
    options.yes === true ||
    (await isSure(session.out, `Delete ${who} from Customer.io and the relay, with all data?`));
  if (!isAgreed) throw new CliError('Nothing was deleted.');
  // First: from here on no webhook brings them back.
  const relay = await deleteInRelay(session, id, options.worker);
  const by = await deleteBy(session, id);
  session.out.result({ deleted: id, by, relay }, [
    `Deleted ${who} ${by === 'app_api' ? 'by the App API' : 'by "User Deleted" through the Pipelines API: the App API has no deletion here'}.`,
    relay === null
      ? 'The relay was not asked (no ADMIN_TOKEN, or no Clerk user id): a later webhook with this id would create the person again.'
      : 'The relay has forgotten them, and lets no webhook bring them back.',
  ]);
  return EXIT.ok;
}

/** Null where there is no relay to ask, or it can know nobody of this id. */
async function deleteInRelay(
  session: Session,
  userId: string,
  worker: string | undefined,
): Promise<string | null> {
  const isMeant = worker !== undefined || session.config().operator.adminToken !== null;
  if (!isMeant || !USER_ID.test(userId)) return null;
  const request = { route: ADMIN.deletePerson, parts: { userId } };
  return (await relayValue(session, worker, request)).outcome;
}

function emailIn({ attributes }: PersonDetails): string {
  const email = attributes['email'];
  return typeof email === 'string' ? email : 'no email';
}

async function deleteBy(session: Session, id: string): Promise<'app_api' | 'pipelines'> {
  const { api, party } = session.app();
  const answer = await persistently(() => api.deletePerson(id), session.out.note);
  if (answer.kind === 'ok' || answer.kind === 'unreadable') return 'app_api';
  const isMissing = answer.kind === 'rejected' && [404, 405].includes(answer.status);
  if (!isMissing) throw failureOf(answer, party);
  const { options, net, party: pipelines } = session.pipelines();
  // A message id of its own: the relay's for this person may have been used up, and would be dropped.
  const removal = {
    type: 'track',
    userId: id,
    event: REMOVAL_EVENTS.delete,
    properties: {},
  } as const;
  const message = { ...removal, ...stamped(Date.now()) };
  const outcome = await persistently(() => sendMessages([message], options, net), session.out.note);
  if (outcome.kind !== 'delivered') throw failureOf(outcome, pipelines);
  return 'pipelines';
}
