// How a command is made: a name, an example that every help ends with, and what it does with a session.

import { Command } from 'commander';

import type { EXIT } from './cli-error.ts';
import { openSession } from './session.ts';
import type { GlobalOptions, Session } from './session.ts';

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

type Given<Options> = {
  /** Arguments by position; what was left out is undefined. */
  readonly args: readonly (string | undefined)[];
  readonly options: Options;
};

/** `usage` as commander writes it: `delete <id>`. Examples are shown under its help. */
export function command(usage: string, summary: string, examples: readonly string[]): Command {
  const [name = '', ...args] = usage.split(' ');
  const made = new Command(name).description(summary).helpCommand(false);
  for (const argument of args) made.argument(argument);
  const lines = examples
    .map((example) =>
      /^\s|\|/.test(example) ? `  ${example}` : `  npx --no-install lifecycle ${example}`,
    )
    .join('\n');
  return made.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${lines}`);
}

/** Opens the session, runs, and keeps the exit code. */
export function does<Options>(
  made: Command,
  run: (session: Session, given: Given<Options>) => Promise<ExitCode>,
): Command {
  return made.action(async () => {
    const options = made.optsWithGlobals<GlobalOptions & Options>();
    // Set-up makes the file.
    const session = await openSession(options, made.name() !== 'setup');
    process.exitCode = await run(session, { args: made.args, options });
  });
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
