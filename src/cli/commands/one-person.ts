// One person as Customer.io has them, by the App API.

import type { PersonDetails } from '../../customerio/operator-api.ts';
import { CliError } from '../terminal/cli-error.ts';
import { persistently } from '../terminal/http.ts';
import { isEmail } from '../terminal/pairs.ts';
import { failureOf } from '../terminal/say.ts';
import type { Session } from '../terminal/session.ts';

export async function showPerson(session: Session, id: string): Promise<PersonDetails> {
  const found = await findPerson(session, id);
  if (found === null) throw nobody(id);
  return found;
}

/** Null: nobody there has the id. */
export async function findPerson(session: Session, id: string): Promise<PersonDetails | null> {
  const { api, party } = session.app();
  const answer = await persistently(() => api.person(id), session.out.note);
  if (answer.kind === 'ok') return answer.value;
  if (answer.kind === 'rejected' && answer.status === 404) return null;
  throw failureOf(answer, party);
}

export function nobody(id: string): CliError {
  return isEmail(id)
    ? new CliError(`Nobody in Customer.io has this email for an id.`, {
        todo: 'Find the id first: lifecycle people search --email ...',
      })
    : new CliError(`Nobody in Customer.io has the id ${id}.`, {
        todo: 'Ids are case-sensitive. Look for the person: lifecycle people search --email ...',
      });
}
