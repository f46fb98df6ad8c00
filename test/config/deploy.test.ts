// The Deploy button asks for every line of .dev.vars.example, with its value filled in: real secrets only, all empty.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

import { describe, expect, it } from 'vitest';

import { Environment } from '../../src/config/environment.ts';
import { PROVIDERS } from '../../src/intake/providers.ts';
import { secretNames } from '../../src/intake/secrets.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

describe('the Deploy button', () => {
  const asked = parseEnv(read('.dev.vars.example'));

  it('asks for known secrets, and fills in nothing', () => {
    const known = [...Object.keys(Environment.entries), ...secretNames(PROVIDERS).flat()];
    for (const [name, value] of Object.entries(asked)) {
      expect(known).toContain(name);
      expect(name).toMatch(/SECRET|TOKEN/);
      expect(value).toBe('');
    }
  });

  it('describes each of them, and no other', () => {
    const { cloudflare } = JSON.parse(read('package.json')) as {
      cloudflare: { bindings: Record<string, { description: string }> };
    };
    expect(Object.keys(cloudflare.bindings).toSorted()).toEqual(Object.keys(asked).toSorted());
  });
});
