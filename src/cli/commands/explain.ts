// lifecycle explain: what payloads would become, without sending anything.

import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Command } from 'commander';

import { readConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import type { ExitCode } from '../terminal/command.ts';
import { namedText } from '../terminal/files.ts';
import { WORKER } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';
import { varsIn } from '../terminal/settings.ts';
import { payloadChangeLines, relayChangeLines } from './against-text.ts';
import { payloadChange, relayChange } from './against.ts';
import { explanationText } from './explanation-text.ts';
import { explain } from './explanation.ts';

type Options = { readonly against?: string; readonly worker?: string };

export function explainCommand(): Command {
  const made = command('explain [file...]', 'what a payload would become, without sending it', [
    'explain webhook.json',
    'explain a-folder-of-payloads/',
    'explain --against new.toml',
    'stripe events retrieve evt_1 | lifecycle explain -',
  ])
    .option(
      '--against <vars-file>',
      "what these variables would change: of the files, else of the relay's moments and people",
    )
    .option(...WORKER);
  return does<Options>(made, async (session, { args, options }) => {
    if (options.against !== undefined) {
      return against(session, { args, options, varsFile: options.against });
    }
    if (args.length === 0) {
      throw usageError('explain what? Name a file, or - for what is piped in.');
    }
    const config = session.config();
    const explanations = payloadsIn(args).map(({ file, text }) => ({
      file,
      ...explain(text, config),
    }));
    const lines = explanations.flatMap(({ file, ...each }, index) => [
      ...(index === 0 ? [] : ['']),
      ...explanationText(file, each),
    ]);
    session.out.result({ explanations }, lines);
    const isAll = explanations.every(({ outcome }) => outcome !== 'not_a_webhook');
    return isAll ? EXIT.ok : EXIT.problem;
  });
}

type Asked = {
  readonly args: readonly (string | undefined)[];
  readonly options: Options;
  readonly varsFile: string;
};

async function against(session: Session, { args, options, varsFile }: Asked): Promise<ExitCode> {
  const would = await configUnder(session, varsFile);
  if (args.length > 0) {
    const payloads = payloadsIn(args);
    const was = session.config();
    const changes = payloads.flatMap((each) => payloadChange(each, { was, would }) ?? []);
    session.out.result({ changes }, payloadChangeLines(payloads.length, changes));
    return EXIT.ok;
  }
  const change = await relayChange(session, options.worker, would);
  session.out.result(change, relayChangeLines(change));
  return EXIT.ok;
}

/** The configuration as it would be: what is set here, and what the file sets in its place. */
async function configUnder(session: Session, varsFile: string): Promise<Config> {
  if (!existsSync(varsFile)) throw usageError(`--against ${varsFile}: there is no such file.`);
  const result = readConfig({ ...session.settings.values, ...(await varsIn(varsFile)) });
  const problems = result.ok ? result.config.unusable.map((each) => each.problem) : result.problems;
  if (result.ok && problems.length === 0) return result.config;
  throw usageError(`The variables in ${varsFile} are wrong. ${problems.join('; ')}.`);
}

function payloadsIn(args: readonly (string | undefined)[]) {
  return args.flatMap((name) => filesIn(name ?? '-')).map((file) => ({ file, text: textOf(file) }));
}

/** A folder stands for every JSON file below it. */
function filesIn(name: string): string[] {
  if (name === '-' || !statSync(name, { throwIfNoEntry: false })?.isDirectory()) return [name];
  const inside = readdirSync(name, { recursive: true, encoding: 'utf8' });
  const files = inside.filter((file) => file.endsWith('.json'));
  if (files.length === 0) throw usageError(`explain ${name}: there is no .json in this folder.`);
  return files.toSorted().map((file) => path.join(name, file));
}

function textOf(file: string): string {
  return namedText({
    file,
    what: `explain ${file}`,
    todo: 'Or pipe it in: lifecycle explain -',
  });
}
