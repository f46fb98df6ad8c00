// npm run assets: gives the files under public/ the names that fit what is in them, and writes those where pages find them.
// `--check` changes nothing and fails where a name does not fit.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PUBLIC = path.join(ROOT, 'public');
const NAMES = path.join(ROOT, 'src/console/browser/assets.ts');
const isCheck = process.argv.includes('--check');

let text = readFileSync(NAMES, 'utf8');
for (const file of readdirSync(PUBLIC)) {
  const [, ending] = /^console(?:-[0-9a-f]{10})?\.(css|js)$/.exec(file) ?? [];
  if (ending === undefined) continue;
  const hash = createHash('sha256')
    .update(readFileSync(path.join(PUBLIC, file)))
    .digest('hex');
  const name = `console-${hash.slice(0, 10)}.${ending}`;
  if (name !== file && !isCheck) renameSync(path.join(PUBLIC, file), path.join(PUBLIC, name));
  if (isCheck && !(name === file && text.includes(`'${name}'`))) {
    process.stderr.write(`public/${file} is not named after what is in it: npm run assets\n`);
    process.exitCode = 1;
  }
  text = text.replace(new RegExp(`'console-[0-9a-f]+\\.${ending}'`), `'${name}'`);
}
if (!isCheck) writeFileSync(NAMES, text);
