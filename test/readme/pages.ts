// The documents of this checkout, and what is the same in several places.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const STORY = 'docs/pictures/story.svg';
export const CODES = 'docs/codes.md';

const BUTTON = /(?<=deploy\.workers\.cloudflare\.com\/\?url=)[^)\s]+/;

export function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Every page that people read, by its place in the repository. */
export function pages(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
  const others = ['README.md', 'CHANGELOG.md', 'SECURITY.md', '.github/CONTRIBUTING.md'];
  const below = [
    'src/README.md',
    'test/README.md',
    'test/bench/README.md',
    'test/upgrade/README.md',
  ];
  return [...others, ...below, ...docs.map((file) => `docs/${file}`)];
}

/** Where this repository is: the one place is package.json. */
export function repository(): string {
  return (JSON.parse(read('package.json')) as { readonly repository: string }).repository;
}

export function buttonIn(readme: string): string | null {
  return BUTTON.exec(readme)?.[0] ?? null;
}

export function withButton(readme: string, url: string): string {
  return readme.replace(BUTTON, () => url);
}
