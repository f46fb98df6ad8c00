// What an alert says to do: read from what lies beside the Worker, as it is in public/.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Beside } from '../../src/platform/assets.ts';
import { allCodes, codeOf } from '../../src/watch/codes.ts';
import { readRemedies } from '../../src/watch/remedies.ts';

const PUBLIC = path.resolve(import.meta.dirname, '../../public');

/** An environment whose files are answered so. */
function envWith(fetch: (url: string) => Promise<Response>): Beside {
  return { ASSETS: { fetch } };
}

const beside = envWith(async (url) => {
  const file = path.basename(url);
  const isThere = readdirSync(PUBLIC).includes(file);
  return isThere
    ? new Response(readFileSync(path.join(PUBLIC, file)))
    : new Response('', { status: 404 });
});

describe('remedies', () => {
  it('are those of the table, word for word', async () => {
    const remedyOf = await readRemedies(beside);
    const others = allCodes().filter((code) => remedyOf(code) !== codeOf(code)?.remedy);
    expect(others).toEqual([]);
    expect(remedyOf('key_missing')).toMatch(/^npx wrangler secret put CUSTOMERIO_TRACK_TOKEN;/);
  });

  it('are found by the family of an incident', async () => {
    const remedyOf = await readRemedies(beside);
    expect(remedyOf('paused_redirected')).toBe(codeOf('redirected')?.remedy);
    expect(remedyOf('silent_clerk')).toBe(codeOf('silent')?.remedy);
    expect(remedyOf('no_such_incident')).toBeNull();
  });

  it.each([
    ['is not there', async () => new Response('', { status: 404 })],
    ['cannot be asked for', async () => Promise.reject(new Error('down'))],
    ['is torn', async () => new Response('{"codes": ')],
  ])('are left out where the file %s', async (_, fetch) => {
    const remedyOf = await readRemedies(envWith(fetch));
    expect(remedyOf('key_missing')).toBeNull();
  });
});
