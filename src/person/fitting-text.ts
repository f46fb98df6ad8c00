// Text as Customer.io takes it: no half of a character, and cut where a reader would see a character end. No I/O.

/** A person's attribute holds no more; the rest, or the update, is dropped without a word (Track API reference). */
const ATTRIBUTE_BYTES_MAX = 1000;

const ENCODER = new TextEncoder();
const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A trait's text; null for an address that would have to be cut, because half of one leads nowhere. */
export function attributeText(value: string): string | null {
  const text = value.toWellFormed();
  if (ENCODER.encode(text).length <= ATTRIBUTE_BYTES_MAX) return text;
  if (/^https?:\/\/\S+$/.test(text)) return null;
  return cutText(text, ATTRIBUTE_BYTES_MAX, (part) => ENCODER.encode(part).length);
}

/**
 * As many whole characters, as a reader sees them, as `sizeMax` holds, each at least one unit in size. A character that is too
 * large alone is cut between its parts.
 */
export function cutText(
  text: string,
  sizeMax: number,
  sizeOf: (part: string) => number = (part) => part.length,
): string {
  // Whether a character ends at the limit is seen by what follows it, which may be a pair.
  const start = text.slice(0, sizeMax + 2);
  const graphemes = Array.from(GRAPHEMES.segment(start), ({ segment }) => segment);
  const cut = fitting(graphemes, sizeMax, sizeOf);
  const isWhole = cut !== '' || start === '';
  return isWhole ? cut : fitting(start, sizeMax, sizeOf).toWellFormed();
}

function fitting(
  parts: Iterable<string>,
  sizeMax: number,
  sizeOf: (part: string) => number,
): string {
  let size = 0;
  let cut = '';
  for (const part of parts) {
    size += sizeOf(part);
    if (size > sizeMax) break;
    cut += part;
  }
  return cut;
}

/** UTF-16 code units: long enough for a name, short enough for every place a campaign shows it. */
const TYPED_LENGTH_MAX = 500;

/** Breaks of a line or a column become a space, so that two words do not become one. */
const BREAKS = /[\t-\r\u{85}\p{Zl}\p{Zp}]+/gu;

/** What no name needs: control characters, what turns the direction of text around, halves of a character. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}\p{Cs}]/gu;

/** What people type, clean and short. It is still their text: whoever puts it into HTML has to escape it. */
export function cleanText(value: string): string {
  const clean = value.replaceAll(BREAKS, ' ').replaceAll(CONTROLS, '').trim();
  return clean.length <= TYPED_LENGTH_MAX ? clean : cutText(clean, TYPED_LENGTH_MAX).trimEnd();
}
