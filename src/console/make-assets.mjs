// npm run assets: makes what lies beside the Worker. The stylesheet and the script under public/ get the names that fit what
// is in them; templates and the sentences of all codes become one file, whose name stands where pages find it.
// `--check` changes nothing and fails where something does not fit.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { allCodes, codeOf } from '../watch/codes.ts';
import { parseTemplate } from './browser/parse-template.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PUBLIC = path.join(ROOT, 'public');
const TEMPLATES = path.join(ROOT, 'src/console/browser/templates');
const NAMES = path.join(ROOT, 'src/platform/assets.ts');

/** A command in a sentence: it ends where the sentence goes on. */
const COMMAND = /(np[xm] (?:[^;,.: ]|\.\.\.| (?!says|sets|names|has|or))+)/;

const isCheck = process.argv.includes('--check');
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const style = keep('css', textOf('css'));
const script = keep('js', textOf('js'));
const templates = Object.fromEntries(
  Object.entries(templatesOf()).map(([name, text]) => [name, parseTemplate(text)]),
);
const pages = keep('json', `${JSON.stringify({ templates, codes: codesOf() })}\n`);
const names = readFileSync(NAMES, 'utf8');
const named = names.replace(/'console-[0-9a-f]+\.json'/, `'${pages}'`);
if (!isCheck) writeFileSync(NAMES, named);
else if (named !== names) complain(`${NAMES} does not name it`);

/** One of its ending; answers its name. */
function keep(ending, text) {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 10);
  const name = `console-${hash}.${ending}`;
  const others = filesOf(ending);
  if (isCheck) {
    if (others.join() !== name) complain(`public/${others.join()} is not ${name}`);
    return name;
  }
  for (const each of others) rmSync(path.join(PUBLIC, each));
  writeFileSync(path.join(PUBLIC, name), text);
  return name;
}

function filesOf(ending) {
  return readdirSync(PUBLIC).filter(
    (each) => each.startsWith('console') && each.endsWith(`.${ending}`),
  );
}

function textOf(ending) {
  return readFileSync(path.join(PUBLIC, filesOf(ending)[0]), 'utf8');
}

/** The first line of a page says where it belongs and what it is called: `<!-- place · title -->`. Parts have none. */
function templatesOf() {
  const texts = Object.fromEntries(
    readdirSync(TEMPLATES)
      .toSorted()
      .map((file) => [
        path.basename(file, '.html'),
        withoutIndent(readFileSync(path.join(TEMPLATES, file), 'utf8')),
      ]),
  );
  const { frame, around, ...parts } = texts;
  return Object.fromEntries(
    Object.entries(parts).map(([name, text]) => {
      const [first, place, title] = /^<!-- (\S*) · (.*) -->\n/.exec(text) ?? [];
      if (first === undefined) return [name, text];
      const whole = frame
        .replace('TITLE', title)
        .replace('AROUND', place === '' ? '' : aroundAt(around, place))
        .replace('CONSOLE.css', style)
        .replace('CONSOLE.js', script)
        .replace('CONTENT', () => text.slice(first.length))
        .replace('VERSION', version);
      return [name, whole];
    }),
  );
}

function aroundAt(around, place) {
  const address = place === 'overview' ? '/console"' : `/console/${place}"`;
  return around.replace(`<a href="${address}`, `<a aria-current="page" href="${address}`);
}

/** What stands in `pre` stays as it is. */
function withoutIndent(text) {
  const parts = text.trim().split(/(<pre[^]*?<\/pre>)/);
  return parts
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/\n\s+/g, '\n')))
    .join('');
}

function codesOf() {
  return Object.fromEntries(
    allCodes().map((code) => {
      const { sentence, remedy } = codeOf(code);
      const pieces = (remedy ?? '').split(COMMAND).filter(Boolean);
      const parts = pieces.map((piece) =>
        COMMAND.test(piece) ? { text: '', command: piece } : { text: piece, command: '' },
      );
      return [code, { sentence, remedy: parts }];
    }),
  );
}

function complain(problem) {
  process.stderr.write(`${problem}: npm run assets\n`);
  process.exitCode = 1;
}
