// Set-up's step for one key: asked for, looked at, tried at its own API, and asked again when it is refused. Without a
// terminal what is given is tried alike, and what is refused is not kept.

import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { appCheck, pipelinesCheck } from '../doctor/customerio.ts';
import { clerkCheck, stripeChecks } from '../doctor/providers.ts';
import { shapeCheck } from '../doctor/shapes.ts';
import { told } from '../doctor/told.ts';
import { CliError } from '../terminal/cli-error.ts';
import { SECRETS } from '../terminal/secrets.ts';
import type { Session } from '../terminal/session.ts';
import type { Asker } from './asker.ts';
import type { Draft } from './draft.ts';

/** What asks a key's own API, without changing anything there. A signing secret has none. */
const TRIED: Readonly<Record<string, (session: Session) => Promise<Check | null>>> = {
  CUSTOMERIO_TRACK_TOKEN: pipelinesCheck,
  CUSTOMERIO_APP_TOKEN: appCheck,
  CLERK_SECRET_KEY: clerkCheck,
  STRIPE_SECRET_KEY: async (session) => (await stripeChecks(session, null))[0] ?? null,
};

/** `without` says what does not happen as long as it is not there. */
type Key = { readonly name: string; readonly without: string };

/** Kept is what was found good, or could not be found bad; true then. */
export async function keyStep(draft: Draft, ask: Asker | null, key: Key): Promise<boolean> {
  const { name } = key;
  const known = draft.textOf(name);
  if (ask === null) return known !== '' && takeIfGood(draft, name, known);
  const { what, where } = SECRETS.find((secret) => secret.name === name) ?? { what: '', where: '' };
  ask.say([`${name} is ${what}.`, where]);
  for (;;) {
    const typed = await ask.secret(
      known === '' ? `${name} (Enter leaves it out: ${key.without})` : `${name} (Enter keeps it)`,
    );
    const value = typed === '' ? known : typed;
    if (value === '') return false;
    const check = await checkOf(draft, name, value);
    if (check.verdict !== 'problem') {
      draft.keep(name, value);
      ask.say([`${name}: ${check.finding}`]);
      return true;
    }
    ask.say(refusal(name, check));
    // It stands in a file or in the environment already: the report says so again.
    if (typed === '') return false;
  }
}

function refusal(name: string, { finding, todo }: Check): string[] {
  return [
    `${name}: ${finding.replace(/\.$/, '')}. It is not kept.`,
    ...(todo === null ? [] : [todo]),
  ];
}

async function takeIfGood(draft: Draft, name: string, value: string): Promise<boolean> {
  const check = await checkOf(draft, name, value);
  if (check.verdict === 'problem') return false;
  draft.keep(name, value);
  return true;
}

/** By its shape, then by its own API. */
async function checkOf(draft: Draft, name: string, value: string): Promise<Check> {
  const shape = shapeCheck(name, { ...draft.values(), [name]: value });
  const tried = TRIED[name];
  if (shape.verdict === 'problem' || tried === undefined) return shape;
  const check = await tryIt(draft, { [name]: value }, tried);
  return check ?? shape;
}

async function tryIt(
  draft: Draft,
  more: Readonly<Record<string, string>>,
  tried: (session: Session) => Promise<Check | null>,
): Promise<Check | null> {
  try {
    const session = draft.sessionWith(more);
    const [check = null] = await told('key', async () => [await tried(session)]);
    return check;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return problem('key', error.message, error.todo ?? '');
  }
}
