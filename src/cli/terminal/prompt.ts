// Questions at a terminal. Without one nobody can answer, so it says which flag to use instead.

import { cancel, confirm, isCancel } from '@clack/prompts';

import { CliError, usageError } from './cli-error.ts';
import type { Output } from './output.ts';

export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

export async function isSure(out: Output, question: string): Promise<boolean> {
  if (!isTerminal() || out.isJson) {
    throw usageError(
      'This asks before it acts, and nobody is at a terminal to answer.',
      'Use --yes.',
    );
  }
  return answered(await confirm({ message: out.said(question), initialValue: false }));
}

/** Ctrl-C ends the command, with nothing done. */
export function answered<Value>(value: Value): Exclude<Value, symbol> {
  if (!isCancel(value)) return value as Exclude<Value, symbol>;
  cancel('Stopped.');
  throw new CliError('Nothing was done.');
}
