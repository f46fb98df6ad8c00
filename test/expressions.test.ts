// No regular expression that the Worker applies is super-linear: each meets long hostile strings. A limit ends what hangs,
// and measures nothing: a linear expression takes milliseconds for what a quadratic one would take minutes for.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

import { expect, it } from 'vitest';

const SRC = path.resolve(import.meta.dirname, '../src');

/** These run on the operator's machine; everything else is the Worker. */
const OPERATORS = /^(cli|start|samples)\//;

const LENGTH = 200_000;
const LIMIT_MS = 20_000;

/** A literal, where an expression may begin: not behind a value, where it would be a division. */
const LITERAL =
  /(?<=[(,=:[!&|?{;\n]\s*|return\s+)\/(?![/*])((?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/g;

function sources(): { file: string; text: string }[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !OPERATORS.test(file))
    .map((file) => ({ file, text: readFileSync(path.join(SRC, file), 'utf8') }));
}

/** Without comments, whose slashes are none of code. */
function codeOf(text: string): string {
  return text.replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '').replaceAll(/\s\/\/ .*$/gm, '');
}

const EXPRESSIONS = sources().flatMap(({ file, text }) =>
  [...codeOf(text).matchAll(LITERAL)].map(([literal, source = '', flags = '']) => ({
    name: `${file} ${literal}`,
    source,
    flags,
  })),
);

/** What begins as it likes to, goes on for long, and does not end as it likes to. */
function hostile(source: string): string[] {
  const own = [...new Set(source.replaceAll(/\\./g, '').replaceAll(/[^\w@.,:;=+/ -]/g, ''))];
  const start = source.replaceAll(/\\?[\^$()[\]{}*+?|.\\]/g, '').slice(0, 12);
  const units = [' ', '\t', '\n', '\\', '/', '@', '.', '-', '_', ',', '0', 'a', 'Z', 'é', '\u0000'];
  const pairs = own.slice(0, 8).flatMap((a) => own.slice(0, 8).map((b) => `${a}${b}`));
  return [...new Set([...units, ...own, ...pairs])].flatMap((unit) => {
    const long = unit.repeat(LENGTH / unit.length);
    return [`${long}\u0001`, `${start}${long}\u0001`];
  });
}

it('knows the expressions of the Worker, and none that is made of text', () => {
  expect(EXPRESSIONS.length).toBeGreaterThan(20);
  const names = EXPRESSIONS.map(({ name }) => name).join('\n');
  for (const file of ['apis/outcome.ts', 'person/owner.ts', 'intake/stripe/signature.ts']) {
    expect(names).toContain(file);
  }
  const made = sources().filter(({ text }) => /\bRegExp\(/.test(codeOf(text)));
  expect(made.map(({ file }) => file)).toEqual([]);
});

it.each(EXPRESSIONS)('is done with long hostile text: $name', ({ source, flags }) => {
  // As `split` and `replaceAll` would: from the start, and on behind whatever was found.
  const search = new vm.Script('for (const text of texts) text.replace(expression, "")');
  const context = {
    texts: hostile(source),
    expression: new RegExp(source, `${flags.replace('g', '')}g`),
  };
  search.runInNewContext(context, { timeout: LIMIT_MS });
});

it('would find the one that took 5.8 seconds for 63 KB', () => {
  const search = new vm.Script('"a".repeat(200000).replace(/\\S+@\\S+/g, "")');
  expect(() => search.runInNewContext({}, { timeout: 1000 })).toThrow(/timed out/);
});
