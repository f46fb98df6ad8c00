// Settings: the Worker's own names, read by the Worker's own schema. wrangler.toml's [vars], then .dev.vars, then the
// environment, then flags; the later wins. Before all of them stands the Worker's address that set-up has kept.

import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { readConfig } from '../../config/config.ts';
import type { Config } from '../../config/config.ts';
import { Environment } from '../../config/environment.ts';
import { PROVIDERS } from '../../intake/providers.ts';
import { secretNames } from '../../intake/secrets.ts';
import { usageError } from './cli-error.ts';
import { errorCode } from './http.ts';
import { savedRelay } from './relay-file.ts';

/** Where the deployed Worker is; ours alone, the Worker does not know it. */
export const RELAY_URL = 'RELAY_URL';

const PROVIDER_SECRETS = secretNames(PROVIDERS).flat();

const NAMES = [...new Set([...Object.keys(Environment.entries), ...PROVIDER_SECRETS, RELAY_URL])];

/** Names whose values are never printed. */
export const SECRET_NAMES = NAMES.filter(
  (name) => PROVIDER_SECRETS.includes(name) || /SECRET|TOKEN|SITE_ID|ALERT/.test(name),
);

export type Values = Readonly<Record<string, unknown>>;

export type Settings = {
  readonly values: Values;
  /** Every problem by name; then `config` is not there. */
  readonly problems: readonly string[];
  readonly config: Config | null;
};

type Sources = {
  readonly varsFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `NAME=VALUE` as given with --var. */
  readonly flags: readonly string[];
};

export async function readSettings(sources: Sources): Promise<Settings> {
  const { varsFile, environment, flags } = sources;
  const values: Record<string, unknown> = {
    ...known({ [RELAY_URL]: savedRelay() ?? '' }),
    ...(await tomlVars('wrangler.toml')),
    ...known(fileVars(varsFile)),
    ...known(environment),
    ...known(flagVars(flags)),
  };
  const result = readConfig(values);
  const problems = result.ok ? result.config.unusable.map((each) => each.problem) : result.problems;
  // Stricter than the Worker: whoever sits here can correct it at once.
  return { values, problems, config: result.ok && problems.length === 0 ? result.config : null };
}

/** The variables of a file: `[vars]` of one in TOML, or lines of NAME=VALUE. */
export async function varsIn(file: string): Promise<Values> {
  return file.endsWith('.toml') ? tomlVars(file) : known(fileVars(file));
}

function fileVars(file: string): Readonly<Record<string, string | undefined>> {
  if (!existsSync(file)) return {};
  try {
    return parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageError(`The secrets in ${file} cannot be read (${errorCode(error)}).`);
  }
}

export function namesOnCommandLine(flags: readonly string[]): string[] {
  return flags.map((flag) => flag.slice(0, Math.max(0, flag.indexOf('='))));
}

function flagVars(flags: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    flags.map((flag) => {
      const at = flag.indexOf('=');
      const name = at < 0 ? '' : flag.slice(0, at);
      if (!NAMES.includes(name)) {
        // What stands behind the name may be a secret, so only the name is repeated.
        throw usageError(
          at < 0 ? '--var needs NAME=VALUE.' : `--var: there is no setting named "${name}".`,
          'docs/configuration.md has the names.',
        );
      }
      return [name, flag.slice(at + 1)];
    }),
  );
}

/** What is set to nothing is not set: an empty line of .dev.vars hides nothing. */
function known(vars: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const value = vars[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

/** wrangler reads its own file; it takes a second to load, so only where the file sets anything. */
async function tomlVars(file: string): Promise<Record<string, unknown>> {
  if (!existsSync(file)) return {};
  const vars = readFileSync(file, 'utf8').split(/^\[vars\]/m)[1] ?? '';
  if (!/^\s*(\w+\s*=|\[vars\.)/m.test(vars)) return {};
  const { unstable_readConfig: read } = await import('wrangler');
  return { ...read({ config: file }, { hideWarnings: true }).vars };
}
