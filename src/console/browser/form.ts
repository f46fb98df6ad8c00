// What stands in a field of a form or in an address: text, a number, a code. Pure, and nothing throws.

export function textIn(field: unknown): string {
  return typeof field === 'string' ? field.trim() : '';
}

/** Whole, 0 or more; 0 for what is none. */
export function numberIn(field: unknown): number {
  return Math.max(0, Math.trunc(Number(textIn(field)))) || 0;
}

/** A word such as those of the table of codes, or nothing. */
export function codeIn(field: unknown): string {
  return /^[a-z_]{1,40}$/.exec(textIn(field))?.[0] ?? '';
}
