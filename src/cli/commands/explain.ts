// lifecycle explain: what a payload would become, without sending anything.

import type { Command } from 'commander';

import { EXIT } from '../cli-error.ts';
import { command, does } from '../command.ts';
import { explanationText } from '../explain-text.ts';
import { explain } from '../explain.ts';
import { textOf } from '../pairs.ts';

export function explainCommand(): Command {
  const made = command('explain <file>', 'what a payload would become, without sending it', [
    'explain webhook.json',
    'stripe events retrieve evt_1 | lifecycle explain -',
  ]);
  return does(made, async (session, { args: [file = '-'] }) => {
    const explanation = explain(textOf(file, 'explain'), session.config());
    session.out.result(explanation, explanationText(file, explanation));
    return explanation.outcome === 'not_a_webhook' ? EXIT.problem : EXIT.ok;
  });
}
