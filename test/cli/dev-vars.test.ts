// .dev.vars: whatever is written is read back as it was, by Node and by wrangler's own reader, and nobody else may read it.

import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseEnv } from 'node:util';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unstable_getVarsForDev as varsForDev } from 'wrangler';

import { varsFileChecks } from '../../src/cli/doctor/vars-file.ts';
import { merged, wranglerReads, writeDevVars } from '../../src/cli/setup/dev-vars.ts';
import { CliError } from '../../src/cli/terminal/cli-error.ts';

const FOLDER = mkdtempSync(path.join(tmpdir(), 'dev-vars-'));
const FILE = path.join(FOLDER, '.dev.vars');

/** wrangler's own reader, over its own file. */
function byWrangler(): Record<string, unknown> {
  const vars = varsForDev(path.join(FOLDER, 'wrangler.toml'), undefined, {}, undefined, true);
  return Object.fromEntries(Object.entries(vars).map(([name, { value }]) => [name, value]));
}

/** What has a meaning to one of the readers, often, and anything else. */
const piece = fc.oneof(
  fc.constantFrom(
    '"',
    "'",
    '`',
    '\\',
    '\n',
    '\\n',
    '\\r',
    '#',
    ' ',
    '\t',
    '=',
    '$',
    '${A}',
    ',',
    ':',
  ),
  fc.constantFrom(
    '\r',
    '\u2028',
    '\u00a0',
    '\ufeff',
    '\u0085',
    '\0',
    'ä',
    '漢',
    '😀',
    'B=',
    '\nB=',
  ),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
);
const value = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

/** Null where it is refused. */
function written(before: string, values: Readonly<Record<string, string>>): string | null {
  try {
    return merged(before, values);
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

describe('a value in .dev.vars', () => {
  it('is read back as it was by Node and by wrangler, or refused with the file as it was', () => {
    fc.assert(
      fc.property(value, value, value, (a, b, again) => {
        const values = { A: a, B: b };
        const first = written('# kept\nC=1 # why\n', values);
        if (first === null) return;
        const text = written(first, { A: again }) ?? first;
        const expected = { C: '1', ...values, ...(text === first ? {} : { A: again }) };
        writeFileSync(FILE, text);
        expect({ ...parseEnv(text) }).toEqual(expected);
        expect(byWrangler()).toEqual(expected);
        expect(text.startsWith('# kept\nC=1 # why\n')).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused for a carriage return, or for two kinds of quotes that leave only the third', () => {
    fc.assert(
      fc.property(value, (a) => {
        fc.pre(!a.includes('\r') && !(a.includes("'") && a.includes('`')));
        expect(written('', { A: a })).not.toBeNull();
      }),
      { numRuns: 500 },
    );
  });

  it('is refused where a quote is open before it: it would be swallowed', () => {
    expect(() => merged('X="open\n', { Y: 'a "b"' })).toThrow('Y cannot be written');
  });

  it('stands where it stood, once, and what is not ours stays', () => {
    expect(merged('# a\nA=1\n\nB="2"\n', { B: 'x y', C: '3' })).toBe('# a\nA=1\n\nB="x y"\nC=3\n');
    expect(merged('', { A: '1' })).toBe('A=1\n');
    expect(merged('A=1\nexport A = 2\n# A=0\n', { A: '3' })).toBe('A=3\nA=3\n# A=0\n');
    expect(merged("A='one\ntwo'\nB=2\n", { A: '3' })).toBe('A=3\nB=2\n');
  });

  it('the copy of wrangler’s reader reads any text as wrangler does', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), (values) => {
        const text = values.map((each, index) => `V${index}=${each}`).join('\n');
        writeFileSync(FILE, text);
        expect(wranglerReads(readFileSync(FILE, 'utf8'))).toEqual(byWrangler());
      }),
      { numRuns: 300 },
    );
  });
});

const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('a file of secrets', () => {
  it('is for its owner alone, also where the old one was not, whatever the umask', () => {
    const file = path.join(FOLDER, 'wide');
    writeFileSync(file, 'A=old\n', { mode: 0o644 });
    const before = process.umask(0);
    try {
      writeDevVars(file, { A: 'new' });
      writeDevVars(path.join(FOLDER, 'fresh'), { A: 'new' });
    } finally {
      process.umask(before);
    }
    expect([modeOf(file), modeOf(path.join(FOLDER, 'fresh'))]).toEqual([0o600, 0o600]);
  });

  it('that others may read is told by the doctor', () => {
    const file = path.join(FOLDER, 'by-hand');
    writeFileSync(file, 'A=1\n', { mode: 0o640 });
    expect(varsFileChecks(file)).toMatchObject([{ verdict: 'warning', todo: `chmod 600 ${file}` }]);
    chmodSync(file, 0o600);
    expect(varsFileChecks(file)).toEqual([]);
    expect(varsFileChecks(path.join(file, 'nowhere'))).toEqual([]);
  });

  it('gives nothing to who holds the old, wider file open', () => {
    const file = path.join(FOLDER, 'held');
    writeFileSync(file, 'A=old\n', { mode: 0o644 });
    const handle = openSync(file, 'r');
    writeDevVars(file, { A: 'new' });
    expect(readFileSync(handle, 'utf8')).toBe('A=old\n');
    closeSync(handle);
    expect(readFileSync(file, 'utf8')).toBe('A=new\n');
  });

  it('stays behind its link, leaves nothing beside it, and replaces no device', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dev-vars-'));
    writeFileSync(path.join(folder, 'real'), '');
    symlinkSync('real', path.join(folder, 'link'));
    writeDevVars(path.join(folder, 'link'), { A: '1' });
    expect(readFileSync(path.join(folder, 'real'), 'utf8')).toBe('A=1\n');
    expect(readdirSync(folder).toSorted()).toEqual(['link', 'real']);
    writeDevVars('/dev/null', { A: '1' });
    expect(existsSync('/dev/null') && statSync('/dev/null').isFile()).toBe(false);
  });
});
