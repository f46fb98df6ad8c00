// No test is left out: what vitest and the compiler say they take, held against the files there are.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');

/** Every file below test/ whose name ends like this, as the tools name it. */
function filesThatEnd(end: string): string[] {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => path.join(import.meta.dirname, name))
    .toSorted();
}

function run(script: string, ...args: string[]): string {
  const file = path.join(ROOT, 'node_modules', script);
  return execFileSync(process.execPath, [file, ...args], { cwd: ROOT, encoding: 'utf8' });
}

describe('a test in a new folder', () => {
  it('runs: every *.test.ts below test/ belongs to exactly one project', () => {
    const config = ['--config', 'test/vitest.config.ts'];
    const json = run('vitest/vitest.mjs', 'list', ...config, '--filesOnly', '--json');
    const listed = JSON.parse(json) as { readonly file: string }[];
    expect(listed.map(({ file }) => file).toSorted()).toEqual(filesThatEnd('.test.ts'));
  });

  it('is type-checked: every file below test/ belongs to exactly one tsconfig of npm run typecheck', () => {
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { typecheck: string };
    };
    const projects = scripts.typecheck.match(/(?<=-p )test\S*/g) ?? [];
    const checked = projects.flatMap((project) => {
      const config = run('typescript/bin/tsc', '-p', project, '--showConfig');
      const { files } = JSON.parse(config) as { readonly files: readonly string[] };
      return files.map((file) => path.join(ROOT, project, file));
    });
    const below = checked.filter((file) => file.startsWith(`${import.meta.dirname}/`));
    expect(below.toSorted()).toEqual(filesThatEnd('.ts'));
  });
});
