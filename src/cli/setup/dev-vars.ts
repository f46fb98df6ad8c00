// .dev.vars: read and written by lines, so that comments and what is not ours stay as they are. Two parsers read it, and
// neither has an escape for quotes: a value is written in the first form that both read back as it was.

import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual, parseEnv } from 'node:util';

import { writeSecretFile } from '../../samples/secret-file.ts';
import { CliError } from '../terminal/cli-error.ts';
import { errorCode } from '../terminal/http.ts';

type Vars = Readonly<Record<string, string | undefined>>;

/** Node's is ours; wrangler reads the file in development and for `wrangler secret bulk`. */
const READERS: readonly ((text: string) => Vars)[] = [parseEnv, wranglerReads];

/** Replaces the lines of each name, or adds one at the end. Only the owner may read the file. */
export function writeDevVars(file: string, values: Readonly<Record<string, string>>): void {
  try {
    const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
    writeSecretFile(file, merged(before, values));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} cannot be written (${errorCode(error)}).`, {
      todo: 'A folder, a broken link, or a file of somebody else? Move it away, or name another: --vars-file',
    });
  }
}

/** Ends the command where no form of a value is read back as it was, or another line would be read differently. */
export function merged(before: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(withOne, before);
}

function withOne(before: string, [name, value]: readonly [string, string]): string {
  const isFaithful = (text: string) =>
    READERS.every((read) =>
      isDeepStrictEqual({ ...read(text) }, { ...read(before), [name]: value }),
    );
  const text = formsOf(value)
    .map((form) => placed(before, `${name}=${form}`, name))
    .find(isFaithful);
  if (text !== undefined) return text;
  throw new CliError(`${name} cannot be written so that Node and wrangler read it alike.`, {
    todo: `It holds a carriage return or too many kinds of quotes, or a quote in the file is not closed. Set it by: npx wrangler secret put ${name}`,
  });
}

/** Plain where nothing in it has a meaning. In double quotes both take \n for a line break. */
function formsOf(value: string): string[] {
  if (/^[\w.:/@+=,~%-]*$/.test(value)) return [value];
  const oneLine = `"${value.replaceAll('\n', String.raw`\n`)}"`;
  return [oneLine, `"${value}"`, `'${value}'`, `\`${value}\``, value];
}

/** An assignment from the name to the end of its value, which in quotes may span lines, and a comment behind it. */
const ASSIGNMENT =
  /(?<![^\n])[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)[^\S\n]*=(?:[^\S\n]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)[^\S\n]*(?:#[^\n]*)?(?![^\n])|[^\n]*)/g;

function placed(before: string, line: string, name: string): string {
  let isThere = false;
  const text = before.replaceAll(ASSIGNMENT, (assignment, assigned) => {
    if (assigned !== name) return assignment;
    isThere = true;
    return line;
  });
  if (isThere) return text;
  return `${text.replace(/\n*$/, text === '' ? '' : '\n')}${line}\n`;
}

/** dotenv 16.3.1, which wrangler 4.155 has inside: its expression and what it does with a match. */
const DOTENV_LINE =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

export function wranglerReads(text: string): Vars {
  const vars: Record<string, string> = {};
  for (const [, name = '', raw = ''] of text.replaceAll(/\r\n?/g, '\n').matchAll(DOTENV_LINE)) {
    const given = raw.trim();
    const value = given.replaceAll(/^(['"`])([\s\S]*)\1$/gm, '$2');
    vars[name] = given.startsWith('"')
      ? value.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\r`, '\r')
      : value;
  }
  return vars;
}
