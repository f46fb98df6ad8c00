// Deletes one person: in the relay, whatever Customer.io says, and in Customer.io by whichever of the two ways there is. Both
// outcomes are told.

import { ADMIN } from '../../console/contract.ts';
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
import { findPerson, nobody } from './one-person.ts';

export type DeleteOptions = { readonly yes?: boolean; readonly worker?: string };

/** `nobody`: no such person is there, so there is nothing to delete. `failed`: it may still hold them. */
type AtCustomerio =
  | { readonly by: 'app_api' | 'pipelines' | 'nobody' }
  | { readonly by: 'failed'; readonly error: CliError };

const SAID = {
  app_api: 'Customer.io has deleted them, by the App API.',
  pipelines:
    'Customer.io was told "User Deleted" through the Pipelines API: the App API has no deletion here.',
  nobody: 'Customer.io has nobody of this id.',
} as const;

/** Ends with an error, and deletes nothing, when nobody anywhere can be asked or has the id. */
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
  const found = await attempted(() => findPerson(session, id));
  if (!isInRelay(session, id, options.worker)) {
    if (found instanceof CliError) throw found;
    if (found === null) throw nobody(id);
  }
  const email = found instanceof CliError ? null : (found?.attributes['email'] ?? null);
  const who = typeof email === 'string' ? `${id} (${email})` : id;
  const isAgreed =
    options.yes === true ||
    (await isSure(session.out, `Delete ${who} from Customer.io and the relay, with all data?`));
  if (!isAgreed) throw new CliError('Nothing was deleted.');
  // First: from here on no webhook brings them back.
  const relay = await deleteInRelay(session, id, options.worker);
  const customerio = found === null ? { by: 'nobody' as const } : await deleteThere(session, id);
  return tell(session, { id, relay, customerio });
}

function tell(
  { out }: Session,
  { id, relay, customerio }: { id: string; relay: string | null; customerio: AtCustomerio },
): ExitCode {
  const { by } = customerio;
  if (by === 'failed' && relay === null) throw customerio.error;
  out.result({ deleted: id, by, relay }, [
    by === 'failed'
      ? `Customer.io has not deleted ${id}: ${customerio.error.message}`
      : `${id}: ${SAID[by]}`,
    relay === null
      ? 'The relay was not asked (no ADMIN_TOKEN, or no Clerk user id): a later webhook with this id would create the person again.'
      : 'The relay has forgotten them, and lets no webhook bring them back. It tells Customer.io "User Deleted", too.',
  ]);
  return by === 'failed' ? EXIT.problem : EXIT.ok;
}

/** Whether there is a relay to ask, and it can know somebody of this id. */
function isInRelay(session: Session, userId: string, worker: string | undefined): boolean {
  const isMeant = worker !== undefined || session.config().operator.adminToken !== null;
  return isMeant && USER_ID.test(userId);
}

async function deleteInRelay(
  session: Session,
  userId: string,
  worker: string | undefined,
): Promise<string | null> {
  if (!isInRelay(session, userId, worker)) return null;
  const request = { route: ADMIN.deletePerson, parts: { userId } };
  return (await relayValue(session, worker, request)).outcome;
}

async function deleteThere(session: Session, id: string): Promise<AtCustomerio> {
  const by = await attempted(() => deleteBy(session, id));
  return by instanceof CliError ? { by: 'failed', error: by } : { by };
}

/** The App API's own deletion is asked for first; it is not in the published API, so there is a second way. */
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

/** What it answers, or the sentence that it ends with: one side's failure keeps nobody from asking the other. */
async function attempted<Value>(work: () => Promise<Value>): Promise<Value | CliError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}
