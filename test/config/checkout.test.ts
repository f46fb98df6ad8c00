// The checkout itself: which packages may run a script while it is installed, and what its texts tell people to type.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

type Manifest = {
  readonly name: string;
  readonly private: boolean;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
type Lock = {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
};

it('every package with an install script is listed, and npm fails for any other', () => {
  const { allowScripts } = JSON.parse(read('package.json')) as Manifest;
  const { packages } = JSON.parse(read('package-lock.json')) as Lock;
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([place]) => place.split('node_modules/').at(-1) ?? '');
  expect(scripted).not.toEqual([]);
  expect(scripted.filter((name) => !(name in allowScripts))).toEqual([]);
  expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
});

it('the package is private and scoped', () => {
  const manifest = JSON.parse(read('package.json')) as Manifest;
  expect(manifest).toMatchObject({ private: true });
  expect(manifest.name).toMatch(/^@/);
});

it('no text tells npx to fetch what is ours', () => {
  const inSrc = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs|md)$/.test(file))
    .map((file) => path.join('src', file));
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
  const pages = ['README.md', 'SECURITY.md', 'CHANGELOG.md', ...docs.map((file) => `docs/${file}`)];
  const texts = [...pages, 'wrangler.toml', ...inSrc];
  const told = texts.flatMap((file) =>
    // Where it is said why not.
    read(file)
      .split('\n')
      .filter((line) => /npx lifecycle/.test(line) && !/stranger/.test(line))
      .map((line) => `${file}: ${line}`),
  );
  expect(told).toEqual([]);
});
