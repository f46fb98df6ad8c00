// lifecycle explain: what payloads would become, without sending anything.

import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Command } from 'commander';

import { EXIT, usageError } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { namedText } from '../terminal/files.ts';
import { explanationText } from './explanation-text.ts';
import { explain } from './explanation.ts';

export function explainCommand(): Command {
  const made = command('explain <file...>', 'what a payload would become, without sending it', [
    'explain webhook.json',
    'explain a-folder-of-payloads/',
    'stripe events retrieve evt_1 | lifecycle explain -',
  ]);
  return does(made, async (session, { args }) => {
    const config = session.config();
    const explanations = args
      .flatMap((name) => filesIn(name ?? '-'))
      .map((file) => ({ file, ...explain(textOf(file), config) }));
    const lines = explanations.flatMap(({ file, ...each }, index) => [
      ...(index === 0 ? [] : ['']),
      ...explanationText(file, each),
    ]);
    session.out.result({ explanations }, lines);
    const isAll = explanations.every(({ outcome }) => outcome !== 'not_a_webhook');
    return isAll ? EXIT.ok : EXIT.problem;
  });
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
