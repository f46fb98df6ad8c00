// lifecycle doctor check-connector: one credential, or one endpoint, and nothing else.

import type { Command } from 'commander';

import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { appCheck, pipelinesCheck } from '../doctor/customerio.ts';
import { endpointChecks } from '../doctor/endpoint.ts';
import { clerkCheck, stripeChecks } from '../doctor/providers.ts';
import { report } from '../doctor/report.ts';
import { shapeCheck } from '../doctor/shapes.ts';
import { usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { SECRETS, whereToFind } from '../terminal/secrets.ts';
import { needed } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';

type Options = { readonly envName?: string; readonly url?: string; readonly method: string };

const METHODS = ['GET', 'HEAD', 'POST'];

export function checkConnectorCommand(): Command {
  const made = command('check-connector', 'one credential, or one endpoint', [
    'doctor check-connector --env-name CUSTOMERIO_TRACK_TOKEN',
    'doctor check-connector --url https://cdp.customer.io/v1/identify --method POST',
  ])
    .option('--env-name <NAME>', 'the credential, by its name')
    .option('--url <url>', 'the endpoint: reachable, TLS, authenticated')
    .option('--method <method>', 'GET, HEAD or POST (an empty body: nothing is created)', 'GET');
  return does<Options>(made, async (session, { options }) => {
    const { envName, url, method } = options;
    if ((envName === undefined) === (url === undefined)) {
      throw usageError('check-connector needs --env-name or --url.', 'One of them, not both.');
    }
    if (envName !== undefined) {
      return report(session.out, await credentialChecks(session, envName), []);
    }
    return report(
      session.out,
      await endpointChecks(session, { url: url ?? '', method: methodOf(method) }),
      [],
    );
  });
}

function methodOf(text: string): string {
  const method = text.toUpperCase();
  if (METHODS.includes(method)) return method;
  throw usageError(
    `--method ${text} is not tried: it could change something.`,
    'GET, HEAD or POST.',
  );
}

/** The shape of the value, then whether the one who gave it takes it. */
async function credentialChecks(session: Session, name: string): Promise<Check[]> {
  if (!SECRETS.some((secret) => secret.name === name)) {
    const names = SECRETS.map((secret) => secret.name).join(', ');
    throw usageError(`${name} is no credential of the relay.`, `They are ${names}.`);
  }
  const { values } = session.settings;
  const value = values[name];
  if (typeof value !== 'string') return [problem(name, 'is not set', whereToFind(name))];
  const live = await (LIVE[name]?.(session) ?? []);
  return [shapeCheck(name, values), ...live];
}

const LIVE: Readonly<Record<string, (session: Session) => Promise<Check[]>>> = {
  CUSTOMERIO_TRACK_TOKEN: async (session) => listOf(await pipelinesCheck(session)),
  CUSTOMERIO_SITE_ID: async (session) => {
    needed(session.config().customerio.token, 'CUSTOMERIO_TRACK_TOKEN');
    return listOf(await pipelinesCheck(session));
  },
  CUSTOMERIO_APP_TOKEN: async (session) => listOf(await appCheck(session)),
  CLERK_SECRET_KEY: async (session) => listOf(await clerkCheck(session)),
  STRIPE_SECRET_KEY: (session) => stripeChecks(session, null),
};

function listOf(check: Check | null): Check[] {
  return check === null ? [] : [check];
}
