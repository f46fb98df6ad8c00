// What strangers wrote, as text that shows all of itself: control and direction characters become visible signs, so that a
// name can neither hide nor turn around what stands beside it. Pure.

/** Controls, zero-width and direction marks, line separators, and halves of pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Longer values are cut: a page is looked at. */
const LENGTH_MAX = 400;

export function printable(value: unknown, lengthMax = LENGTH_MAX): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const cut = text.length > lengthMax ? `${text.slice(0, lengthMax)} …` : text;
  return cut.replaceAll(INVISIBLE, visible);
}

function visible(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code === 10 ? '⏎' : `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
