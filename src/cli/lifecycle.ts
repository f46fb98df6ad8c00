// lifecycle: the operator's command line. Every command is a file under commands/; this one knows their order, and turns
// whatever they end with into words and an exit code: 0 fine, 1 a problem was found, 2 it was used wrongly.

import { Command, CommanderError } from 'commander';

import { doctorCommand } from './commands/doctor.ts';
import { emailCommand } from './commands/email.ts';
import { explainCommand } from './commands/explain.ts';
import { identifyCommand } from './commands/identify.ts';
import { linkCommand } from './commands/link.ts';
import { organizationCommand } from './commands/organization.ts';
import { parkedCommand } from './commands/parked.ts';
import { peopleCommand } from './commands/people.ts';
import { personCommand } from './commands/person.ts';
import { plansCommand } from './commands/plans.ts';
import { segmentsCommand } from './commands/segments.ts';
import { sendCommand } from './commands/send.ts';
import { setupCommand } from './commands/setup.ts';
import { statusCommand } from './commands/status.ts';
import { syncCommand } from './commands/sync.ts';
import { tailCommand } from './commands/tail.ts';
import { trackCommand } from './commands/track.ts';
import { waitingCommand } from './commands/waiting.ts';
import { CliError, EXIT } from './terminal/cli-error.ts';
import { collect } from './terminal/command.ts';
import { jsonText, printable } from './terminal/printable.ts';
import { redactor } from './terminal/redactor.ts';
import { readSettings } from './terminal/settings.ts';
import { versionText } from './terminal/version.ts';

const program = new Command('lifecycle')
  .description('Clerk and Stripe webhooks to Customer.io: set up, check, operate.')
  .option('--json', 'one JSON document instead of text')
  .option('--vars-file <file>', 'file with secrets', '.dev.vars')
  .option('--var <NAME=VALUE>', 'wins over file and environment; shells remember secrets', collect)
  .option('--version', 'version and commit')
  .helpCommand(false)
  .addHelpText(
    'after',
    '\nExample, in the checkout:\n  npx --no-install lifecycle doctor        More: lifecycle <command> --help',
  );

for (const made of [
  setupCommand(),
  doctorCommand(),
  sendCommand(),
  explainCommand(),
  plansCommand(),
  statusCommand(),
  tailCommand(),
  syncCommand(),
  parkedCommand(),
  waitingCommand(),
  linkCommand(),
  personCommand(),
  organizationCommand(),
  identifyCommand(),
  trackCommand(),
  emailCommand(),
  peopleCommand(),
  segmentsCommand(),
]) {
  program.addCommand(made);
}

/** As others say it: `help send` for `send --help`, `version` for `--version`. */
function spelled([first, ...rest]: readonly string[]): readonly string[] {
  if (first === 'help') return [...rest, '--help'];
  return first === 'version' || first === '-V' ? ['--version', ...rest] : [first ?? '', ...rest];
}

const typed = process.argv.slice(2);
const words = typed.length === 0 ? [] : spelled(typed);

try {
  if (words[0] === '--version') process.stdout.write(`${versionText()}\n`);
  else await throwing(program).parseAsync(words, { from: 'user' });
} catch (error) {
  process.exitCode = await tell(error);
}

/** Commander throws instead of exiting, in every command. */
function throwing(command: Command): Command {
  command
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({
      subcommandTerm: (inner) => inner.name(),
      showGlobalOptions: command !== program,
    });
  for (const inner of command.commands) throwing(inner);
  return command;
}

async function tell(error: unknown): Promise<number> {
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
  const said = saidBy(error);
  if (said === null) return EXIT.usage;
  const redact = await ourRedactor();
  if (process.argv.includes('--json')) {
    const { exitCode: _code, ...json } = said;
    process.stdout.write(`${redact(jsonText(json))}\n`);
  } else {
    const lines = said.todo === null ? [said.error] : [said.error, said.todo];
    process.stderr.write(redact(lines.map((line) => `${printable(line)}\n`).join('')));
  }
  return said.exitCode;
}

/** Null: help was shown because nothing was asked for. */
function saidBy(error: unknown) {
  if (error instanceof CliError) {
    return { error: error.message, todo: error.todo, exitCode: error.exitCode };
  }
  if (error instanceof CommanderError) {
    if (error.code === 'commander.help') return null;
    // Its suggestion stands on a line of its own.
    const sentence = error.message
      .replace(/^error: |\.$/g, '')
      .replace(/\n(?=\(Did you mean)/, ' ');
    const isUnknown = error.code === 'commander.unknownCommand';
    const todo = isUnknown
      ? 'The commands: npx --no-install lifecycle --help'
      : 'How it is used: the same command with --help.';
    return {
      error: `${sentence[0]?.toUpperCase()}${sentence.slice(1)}.`,
      todo,
      exitCode: EXIT.usage,
    };
  }
  // A fault of ours: its class and place, not its words, which may quote what was typed or read.
  const name = error instanceof Error ? error.name : 'unknown';
  const place = error instanceof Error ? (error.stack?.split('\n')[1]?.trim() ?? '') : '';
  const todo = 'This is a fault of lifecycle itself: please report it.';
  return { error: `Unexpected ${name} ${place}`, todo, exitCode: EXIT.problem };
}

/** Errors may come before any session: whatever settings can be read are what must not be shown. */
async function ourRedactor(): Promise<(text: string) => string> {
  const { varsFile } = program.opts<{ varsFile: string }>();
  const flags = program.opts<{ var?: readonly string[] }>().var ?? [];
  const settings = await readSettings({ varsFile, environment: process.env, flags }).catch(() =>
    readSettings({ varsFile: '', environment: process.env, flags: [] }),
  );
  return redactor(settings.values);
}
