// What ends a check with a sentence is a line of the report like any other.

import { CliError } from '../terminal/cli-error.ts';
import { problem } from './check.ts';
import type { Check } from './check.ts';

export async function told<Found extends Check | null>(
  name: string,
  work: () => Promise<readonly Found[]>,
): Promise<readonly (Found | Check)[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return [problem(name, error.message, error.todo ?? '')];
  }
}
