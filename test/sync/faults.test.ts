// Every fault that an emulator can play, met by the lists of a backfill: at every third question, of either provider. What can be
// asked again is, and everybody is brought; what cannot ends the job with its code. And the table of test/README.md names them all.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { REQUEST_TIMEOUT_MS } from '../../src/apis/exchange.ts';
import { parseScript } from '../emulator/faults.ts';
import type { Fault } from '../emulator/faults.ts';
import { openPulledWorld } from './pulled-world.ts';

const ROOT = path.join(import.meta.dirname, '..');

/** Each of them in the words of a script, as the table has it. */
const WORDS: Readonly<Record<Fault['kind'], readonly string[]>> = {
  none: ['200'],
  status: [
    '429',
    '429 Retry-After 37',
    '500',
    '503',
    '401',
    '403',
    '404',
    '301 https://other.test/',
  ],
  timeout: ['timeout'],
  reset: ['reset'],
  html: ['200 html'],
  half: ['half'],
  slow: ['slow 5000'],
  large: ['large 50 503'],
  each: ['each 4'],
};

/** What is known by the number of messages of a request is no provider's. */
const OF_LISTS = Object.entries(WORDS)
  .filter(([kind]) => kind !== 'large' && kind !== 'each')
  .flatMap(([, words]) => words);

/** In the place of an answer; undefined: as usual. */
async function playedBy(fault: Fault, wait: (ms: number) => Promise<void>) {
  switch (fault.kind) {
    case 'timeout':
      await wait(REQUEST_TIMEOUT_MS + 1);
      throw new TypeError('given up by whoever has asked');
    case 'reset':
      throw new TypeError('connection reset');
    case 'html':
      return new Response('<html></html>');
    case 'half':
      return new Response('{"data": [{"id": "user_');
    case 'slow':
      await wait(fault.ms);
      return undefined;
    case 'status':
      return Response.json({}, { status: fault.status, headers: fault.headers });
    default:
      return undefined;
  }
}

describe('a backfill that meets', () => {
  /** What stands or ends it, and is right: nobody knows when it is over. */
  const ENDS: Readonly<Record<string, object>> = {
    '401': { state: 'paused', problem: 'clerk_refused' },
    '403': { state: 'paused', problem: 'clerk_refused' },
    '404': { state: 'failed', problem: 'clerk_rejected' },
    '301 https://other.test/': { state: 'paused', problem: 'clerk_refused' },
  };

  it.each(OF_LISTS)('%s at every third question', async (word) => {
    const [fault = { kind: 'none' }] = parseScript(word);
    const hosts: string[] = [];
    let count = 0;
    const { relay, world, differing } = openPulledWorld(
      { users: 600, subscriptions: 150 },
      async (url) => {
        hosts.push(url.host);
        if (url.pathname === '/v1/instance') return undefined;
        count += 1;
        return count % 3 === 1 ? playedBy(fault, (ms) => world.wait(ms)) : undefined;
      },
    );
    await relay.sync.call(async (code) => code.begin({ kind: 'backfill' }));
    await relay.until(async () => (await relay.job())?.state !== 'running');
    expect(await relay.job()).toMatchObject(ENDS[word] ?? { state: 'done', problem: null });
    expect(hosts).not.toContain('other.test');
    if (ENDS[word] === undefined) expect(differing()).toEqual([]);
    expect(relay.told()).toEqual([]);
  });
});

describe('the table of faults', () => {
  const [, section = ''] =
    /^## Faults\n([^]*?)^## /m.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8')) ?? [];
  const rows = [...section.matchAll(/^\| `([^`]+)` \| [^|]+ \| ([^|]+) \|$/gm)];

  it('has every word of the emulators’ scripts, and only those', () => {
    const kinds = rows.map(([, word = '']) => parseScript(word)[0]?.kind);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(WORDS)));
  });

  it('names tests that there are', () => {
    const tests = rows.flatMap(([, , tested = '']) => [...tested.matchAll(/`([^`]+\.ts)`/g)]);
    expect(tests.length).toBeGreaterThanOrEqual(rows.length);
    expect(
      tests.map(([, file = '']) => file).filter((file) => !existsSync(path.join(ROOT, file))),
    ).toEqual([]);
  });
});
