// The region stands in wrangler.toml and not among the secrets: a variable and a secret of one name refuse each other.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** In place of the line that sets it, commented out or not; else as the first of [vars]. Null: there is no [vars]. */
export function withRegion(toml: string, region: string): string | null {
  const line = `CUSTOMERIO_REGION = "${region}"`;
  const its = /^#?[^\S\n]*CUSTOMERIO_REGION[^\S\n]*=[^\n]*$/m;
  if (its.test(toml)) return toml.replace(its, line);
  const vars = /^\[vars\][^\n]*$/m;
  return vars.test(toml) ? toml.replace(vars, (head) => `${head}\n${line}`) : null;
}

/** False where the file is not there or has no [vars]. */
export function writeRegion(file: string, region: string): boolean {
  if (!existsSync(file)) return false;
  const text = withRegion(readFileSync(file, 'utf8'), region);
  if (text === null) return false;
  writeFileSync(file, text);
  return true;
}
