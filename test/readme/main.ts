// npm run readme: makes again what the documents have from elsewhere. The recording of the story from what `npm start`
// prints, the table of codes from the code, and the Deploy button's address from package.json.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { codePage } from './code-page.ts';
import { CODES, read, repository, ROOT, STORY, withButton } from './pages.ts';
import { pictureOf } from './story-picture.ts';

write(CODES, codePage());
write('README.md', withButton(read('README.md'), repository()));

const start = path.join(ROOT, 'src/start/start.mjs');
const args = [start, '--once', ...process.argv.slice(2)];
const printed = execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
const lines = stripVTControlCharacters(printed).trimEnd().split('\n');
// What comes before the first step is about the machine.
const told = lines.slice(lines.findIndex((line) => line.startsWith('✓')));
write(STORY, pictureOf(['$ npm start', ...told]));

function write(file: string, text: string): void {
  writeFileSync(path.join(ROOT, file), text);
  console.log(file);
}
