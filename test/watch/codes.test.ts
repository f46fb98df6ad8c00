// Every code that the Worker can say has one sentence, in one table.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { allCodes, codeOf, codeText } from '../../src/watch/codes.ts';

const SRC = path.resolve(import.meta.dirname, '../../src');

/** What runs in the Worker; the command line's own words are no codes. */
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/^(cli|start|samples)\//.test(file),
);

/** A field of that name, or the union of its type. In payloads, persons and configuration such fields are no codes. */
const FIELD = /\b(?:reason|why)\??: ((?:\|?\s*'[a-z_]+'\s*)+)/g;
const FIELD_FOLDERS = /^(apis|customerio|door|links|outbox|watch)\//;

const CALL =
  /\b(?:refuse|refused|ignored|nobody|later|errorOf)\((?:[\w.]+, )*((?:'[a-z_]+',? ?)+)/g;
const UNION = /type \w*Refusal =([^;]*);/g;
const TABLE = /\['[\w.]+', ('[a-z_]+')\]/g;
const TABLE_FILES = /ignored\.ts$/;
const HEALTH = /\bcode: ('[a-z_]+')/g;

/** Answers to the operator's own request, which the command says in words of its own. */
const SAID_BY_COMMANDS =
  /^(link_(unknown|invalid|stands)|(person|subject)_(unknown|erased)|organizations_off|parked_unknown|user_id_invalid|after_invalid|mapping_invalid|sync_(page_invalid|over))$/;

/** What is put behind a provider's name, and what an envelope's reader answers itself with. */
const PARTS = /^(torn|unexpected|key_invalid|unavailable|ready|kind)$/;

function codesIn(file: string): string[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  const patterns = [
    CALL,
    UNION,
    ...(FIELD_FOLDERS.test(file) ? [FIELD] : []),
    ...(TABLE_FILES.test(file) ? [TABLE] : []),
    ...(file.startsWith('watch/') ? [HEALTH] : []),
  ];
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, codes = '']) => codes),
  );
  return found
    .flatMap((codes) => [...codes.matchAll(/'([a-z_]+)'/g)])
    .map(([, code = '']) => code)
    .filter((code) => !SAID_BY_COMMANDS.test(code) && !PARTS.test(code));
}

const said = new Set(FILES.flatMap(codesIn));

describe('the table of codes', () => {
  it('finds the codes in the code', () => {
    const some = ['signature_stale', 'other_account', 'not_looked_up', 'fails_alone', 'no_moment'];
    expect(some.filter((code) => !said.has(code))).toEqual([]);
    expect(said.size).toBeGreaterThan(50);
  });

  it('has a row for each of them', () => {
    expect([...said].filter((code) => codeOf(code) === null)).toEqual([]);
  });

  it('knows the families by their first word', () => {
    for (const code of ['paused_redirected', 'silent_clerk', 'unusable_stripe', 'clerk_refused']) {
      expect(codeText(code)).toMatch(/\.( |$)/);
    }
    expect(codeOf('no_such_code')).toBeNull();
  });

  it('says whole sentences', () => {
    const texts = allCodes().map((code) => codeOf(code)?.sentence ?? '');
    expect(texts.filter((text) => !/^\S.* .*\.$/.test(text))).toEqual([]);
  });
});
