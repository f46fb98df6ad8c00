// Webhooks that nobody could read belong to no person we know of, but may name one. Found by looking into each, a bounded
// number at once: only a deletion is worth that.

import { heldRow, HELD_PAGE_MAX } from '../../platform/held.ts';
import type { HeldPage } from '../../platform/held.ts';
import type { ShardWorld } from '../capability.ts';
import type { ParkedRow } from './table.ts';

/** Looked into by one call, and what it takes: each body is searched for each id, some ten milliseconds. What names them is kept up to a page. */
const LOOKED_INTO_MAX = 200;
const CHARACTERS_MAX = 20_000_000;

/** Takes out what names any of `ids`; answers where the next look begins. */
export function forgetNaming(
  { storage, platform }: ShardWorld,
  ids: readonly string[],
  after: number,
): number | null {
  return storage.transaction(({ parked }) => {
    const { found, next } = look(parked.nextUnreadable, ids, after);
    for (const { seq } of found) parked.remove(seq);
    if (found.length > 0) {
      const { name: shard } = platform;
      platform.log({ stage: 'outbox', decision: 'unreadable_erased', shard, parked: found.length });
    }
    return next;
  });
}

/** What names any of `ids`, for whoever asks what is held about a person; `after` is empty to begin with. */
export function heldNaming(
  { storage }: Pick<ShardWorld, 'storage'>,
  ids: readonly string[],
  after: string,
): HeldPage {
  const { found, next } = look(storage.tables().parked.nextUnreadable, ids, Number(after));
  const held = found.map((row) => heldRow('parked', row));
  return { held, next: next === null ? null : String(next) };
}

/** What names them among the next ones, and where the next look begins; null at the end. */
function look(
  nextUnreadable: (after: number) => ParkedRow | null,
  ids: readonly string[],
  after: number,
) {
  const found: ParkedRow[] = [];
  let seq = after;
  let held = 0;
  let searched = 0;
  for (
    let looked = 0;
    looked < LOOKED_INTO_MAX && searched < CHARACTERS_MAX && held < HELD_PAGE_MAX;
    looked += 1
  ) {
    const row = nextUnreadable(seq);
    if (row === null) return { found, next: null };
    seq = row.seq;
    const body = bodyOf(row);
    searched += body.length * ids.length;
    if (!isNaming(body, ids)) continue;
    found.push(row);
    held += body.length;
  }
  return { found, next: seq };
}

function bodyOf({ content }: ParkedRow): string {
  const isEvent = typeof content === 'object' && content !== null && 'body' in content;
  return isEvent && typeof content.body === 'string' ? content.body : JSON.stringify(content);
}

/**
 * Whether a body has one of the ids or addresses in any key or text, as a word of its own, whatever its case. Rather one
 * too many than one too few: what is lost is a webhook that could not be read.
 */
export function isNaming(body: string, ids: readonly string[]): boolean {
  const text = wordsOf(body).toLowerCase();
  return ids.some((id) => hasWord(text, id.toLowerCase()));
}

/** As it is meant in the address of a page (`ada%40example.test`); nothing where that says nothing else. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

/** A text of JSON, or the rest of the body where it does not end. Not walked: however deep it stands. */
const TEXT = /"(?:[^"\\]|\\[^])*(?:"|\\?$)/g;

/** A phone number may stand without its plus, also as a number. */
const DIGITS = /(?<![\w.+-])\d{7,15}(?![\w.])/g;

/** The body as it is, its keys and texts as they are meant, escapes resolved, and what may be phone numbers. */
function wordsOf(body: string): string {
  const texts = (body.match(TEXT) ?? []).map(meant);
  const all = [body, ...texts, ...texts.map(decoded)].join('\n');
  return [all, ...(all.match(DIGITS) ?? []).map((digits) => `+${digits}`)].join('\n');
}

function meant(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function hasWord(text: string, word: string): boolean {
  if (word === '') return false;
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + word.length);
    // A full stop may end the sentence that an address stands in, but not begin one.
    if (!/[\w.+-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
