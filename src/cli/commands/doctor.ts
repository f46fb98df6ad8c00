// lifecycle doctor: everything that can be wrong, looked at one after the other, each line with what to do.

import type { Command } from 'commander';

import { allChecks } from '../doctor/all-checks.ts';
import { hasOrganizations, ORGANIZATION_EVENTS } from '../doctor/organizations.ts';
import { relayChecks } from '../doctor/relay.ts';
import { report } from '../doctor/report.ts';
import { EMAIL_SETTING } from '../setup/words.ts';
import { command, does } from '../terminal/command.ts';
import { SECRETS } from '../terminal/secrets.ts';
import { relayUrl } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';
import { RELAY_URL } from '../terminal/settings.ts';
import { checkConnectorCommand } from './check-connector.ts';

const NOTHING_SET = 'Nothing is set yet. Begin with: npx --no-install lifecycle setup';

export function doctorCommand(): Command {
  const made = command('doctor', 'check everything, and say what to do', [
    'doctor --worker https://lifecycle-relay.you.workers.dev',
    'doctor check-connector --env-name CUSTOMERIO_TRACK_TOKEN',
    'doctor check-connector --url https://cdp.customer.io/v1/identify --method POST',
  ]).option('--to, --worker <url>', 'the deployed Worker (default: RELAY_URL)');
  return does<{ worker?: string }>(made, async (session, { options }) => {
    const relay = workerOf(session, options.worker);
    if (isEmpty(session)) session.out.note(NOTHING_SET);
    const isAsked = session.settings.config !== null && relay !== null;
    const [checks, its] = await Promise.all([
      allChecks(session, relay),
      isAsked ? relayChecks(session, relay) : [],
    ]);
    return report(session.out, [...checks, ...its], remindersFor(session, relay));
  }).addCommand(checkConnectorCommand());
}

function isEmpty({ settings }: Session): boolean {
  return SECRETS.every(({ name }) => settings.values[name] === undefined);
}

function workerOf(session: Session, flag: string | undefined): string | null {
  const isSaid = flag !== undefined || session.settings.values[RELAY_URL] !== undefined;
  return isSaid ? relayUrl(session, flag) : null;
}

function remindersFor(session: Session, relay: string | null): string[] {
  const unseen =
    'The Worker was not looked at: give its address with --worker URL, or set RELAY_URL.';
  return [
    ...(relay === null ? [unseen] : []),
    EMAIL_SETTING,
    ...(hasOrganizations(session) ? [ORGANIZATION_EVENTS] : []),
  ];
}
