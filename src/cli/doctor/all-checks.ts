// Everything that can be looked at without asking the Worker, one after the other: the doctor's, and set-up's last word.

import type { Session } from '../terminal/session.ts';
import { apiChecks } from './api-checks.ts';
import { problem } from './check.ts';
import type { Check } from './check.ts';
import { shapeChecks } from './shapes.ts';
import { trustChecks } from './trust.ts';
import { varsFileChecks } from './vars-file.ts';

/** `relay` is null when nobody said where the Worker is. */
export async function allChecks(session: Session, relay: string | null): Promise<Check[]> {
  const { settings, varsFile } = session;
  const checks = [
    ...configChecks(settings.problems),
    ...varsFileChecks(varsFile),
    ...shapeChecks(settings.values),
    ...trustChecks(settings.values),
  ];
  return settings.config === null ? checks : [...checks, ...(await apiChecks(session, relay))];
}

function configChecks(problems: readonly string[]): Check[] {
  const todo = 'Correct it in wrangler.toml or .dev.vars; live checks wait for it.';
  return problems.map((each) => problem('configuration', each, todo));
}
