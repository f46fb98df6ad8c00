// What set-up knows so far: each value that was found good is kept at once, so that a closed terminal loses nothing, and
// nothing that was refused gets into a file.

import { cancel } from '@clack/prompts';

import { readConfig } from '../../config/config.ts';
import { usageError } from '../terminal/cli-error.ts';
import { openOutput } from '../terminal/output.ts';
import { saveRelay } from '../terminal/relay-file.ts';
import { SECRETS } from '../terminal/secrets.ts';
import { sessionOf } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';
import { RELAY_URL } from '../terminal/settings.ts';
import { writeDevVars } from './dev-vars.ts';
import { writeRegion } from './region.ts';

export type Draft = ReturnType<typeof openDraft>;

export function openDraft(before: Session) {
  const values: Record<string, unknown> = { ...before.settings.values };
  const kept: string[] = [];
  let isRegionChanged = false;

  /** As it would be with this value more; nothing is kept. */
  function sessionWith(more: Readonly<Record<string, string>> = {}): Session {
    return withValues(before, { ...values, ...more });
  }

  /** A secret goes into the file of secrets, for its owner alone. */
  function keep(name: string, value: string): void {
    values[name] = value;
    if (!SECRETS.some((secret) => secret.name === name)) return;
    writeDevVars(before.varsFile, { [name]: value });
    if (!kept.includes(name)) kept.push(name);
  }

  function keepRelay(url: string): void {
    values[RELAY_URL] = url;
    saveRelay(url);
  }

  /** False where there is no wrangler.toml to say it in. */
  function keepRegion(region: string): boolean {
    if (textOf('CUSTOMERIO_REGION') === region) return true;
    if (region === 'us' && textOf('CUSTOMERIO_REGION') === '') return true;
    values['CUSTOMERIO_REGION'] = region;
    isRegionChanged = writeRegion('wrangler.toml', region);
    return isRegionChanged;
  }

  /** Empty where it is not set. */
  function textOf(name: string): string {
    const value = values[name];
    return typeof value === 'string' ? value : '';
  }

  return {
    sessionWith,
    keep,
    keepRelay,
    keepRegion,
    textOf,
    values: () => values,
    kept: () => kept,
    isRegionChanged: () => isRegionChanged,
    varsFile: before.varsFile,
  };
}

/** Ends the command where the configuration is wrong: no answer would be worth anything. */
function withValues(before: Session, values: Readonly<Record<string, unknown>>): Session {
  const result = readConfig(values);
  const problems = result.ok ? result.config.unusable.map((each) => each.problem) : result.problems;
  if (!result.ok || problems.length > 0) {
    if (!before.out.isJson) cancel('Stopped.');
    throw usageError(`The configuration is wrong. ${problems.join('; ')}.`);
  }
  return sessionOf({
    settings: { values, problems: [], config: result.config },
    out: openOutput({ isJson: before.out.isJson, values }),
    varsFile: before.varsFile,
  });
}
