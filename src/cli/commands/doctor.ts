// lifecycle doctor: everything that can be wrong, looked at one after the other, each line with what to do.

import type { Command } from 'commander';

import { apiChecks } from '../doctor/api-checks.ts';
import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { relayChecks } from '../doctor/relay.ts';
import { report } from '../doctor/report.ts';
import { shapeChecks } from '../doctor/shapes.ts';
import { trustChecks } from '../doctor/trust.ts';
import { varsFileChecks } from '../doctor/vars-file.ts';
import { command, does } from '../terminal/command.ts';
import { relayUrl } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';
import { RELAY_URL } from '../terminal/settings.ts';
import { checkConnectorCommand } from './check-connector.ts';

/** What no API tells. */
const REMINDERS = [
  'Cannot be checked from here: in Customer.io, Settings > Workspace settings, "Allow updates to email using ID" has to be on. Without it a changed email is ignored, silently.',
];

export function doctorCommand(): Command {
  const made = command('doctor', 'check everything, and say what to do', [
    'doctor --worker https://lifecycle-relay.you.workers.dev',
    'doctor check-connector --env-name CUSTOMERIO_TRACK_TOKEN',
    'doctor check-connector --url https://cdp.customer.io/v1/identify --method POST',
  ]).option('--worker <url>', 'the deployed Worker (default: RELAY_URL)');
  return does<{ worker?: string }>(made, async (session, { options }) => {
    const relay = workerOf(session, options.worker);
    const checks = [
      ...configChecks(session),
      ...varsFileChecks(session.varsFile),
      ...shapeChecks(session.settings.values),
      ...trustChecks(session.settings.values),
    ];
    if (session.settings.config !== null) checks.push(...(await liveChecks(session, relay)));
    return report(session.out, checks, remindersFor(relay));
  }).addCommand(checkConnectorCommand());
}

function workerOf(session: Session, flag: string | undefined): string | null {
  const isSaid = flag !== undefined || session.settings.values[RELAY_URL] !== undefined;
  return isSaid ? relayUrl(session, flag) : null;
}

function configChecks({ settings }: Session): Check[] {
  return settings.problems.map((each) =>
    problem(
      'configuration',
      each,
      'Correct it in wrangler.toml or .dev.vars; live checks wait for it.',
    ),
  );
}

async function liveChecks(session: Session, relay: string | null): Promise<Check[]> {
  const groups = await Promise.all([
    apiChecks(session, relay),
    relay === null ? [] : relayChecks(session, relay),
  ]);
  return groups.flat();
}

function remindersFor(relay: string | null): string[] {
  const unseen =
    'The Worker was not looked at: give its address with --worker URL, or set RELAY_URL.';
  return relay === null ? [unseen, ...REMINDERS] : REMINDERS;
}
