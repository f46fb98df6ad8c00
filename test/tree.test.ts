// The tree stays readable: two files at its root, no file that holds too much, and nothing exported that nobody takes.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const LINES_MAX = 250;

type File = { readonly name: string; readonly text: string };

function filesIn(folder: string): File[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name))
    .map((name) => path.join(folder, name))
    .map((name) => ({ name, text: readFileSync(path.join(ROOT, name), 'utf8') }));
}

const SRC = filesIn('src');
const ALL = [...SRC, ...filesIn('test')];

/** The names a file exports, but for the class that the platform finds by itself. */
function exportsOf({ text }: File): string[] {
  return [...text.matchAll(/^export (?:async )?(?:function|const|class|type) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
}

/** `outbox/calls.ts openOutbox`, for every name that is imported anywhere from there. */
function imported(): Set<string> {
  return new Set(
    ALL.flatMap(({ name, text }) =>
      [...text.matchAll(/(?:import|export)\s[^;]*?\{([^}]*)\}\s*from\s*'(\.[^']*)'/g)].flatMap(
        ([, names = '', from = '']) => {
          const target = path.join(path.dirname(name), from);
          return names.split(',').map((each) => `${target} ${each.trim().split(' as ')[0] ?? ''}`);
        },
      ),
    ),
  );
}

describe('src', () => {
  it('has two files at its root: what the platform starts, and what mounts the routes', () => {
    const root = SRC.filter(({ name }) => path.dirname(name) === 'src');
    expect(root.map(({ name }) => path.basename(name)).toSorted()).toEqual(['app.ts', 'index.ts']);
  });

  it(`has no file of more than ${LINES_MAX} lines`, () => {
    const long = SRC.filter(({ text }) => text.split('\n').length - 1 > LINES_MAX);
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it("makes schemas of the pieces in platform/schema.ts, never of valibot's own", () => {
    const own = SRC.filter(({ text }) => text.includes("from 'valibot'"));
    expect(own.map(({ name }) => name)).toEqual([path.join('src', 'platform', 'schema.ts')]);
  });

  it('exports nothing that nobody imports', () => {
    const known = imported();
    const unused = SRC.flatMap((file) =>
      exportsOf(file)
        .map((name) => `${file.name} ${name}`)
        .filter((each) => !known.has(each)),
    );
    expect(unused).toEqual([]);
  });
});
