// What is held about one person, a page at once: rows of any table as they are stored, for whoever asks what there is. No I/O.

/** `row` is JSON: a shard's answer has to be of one plain shape, whatever the table. */
export type Held = { readonly table: string; readonly row: string };

/** `next`: where the next page begins, in words of whoever made this one; null at the end. */
export type HeldPage = { readonly held: readonly Held[]; readonly next: string | null };

/** Characters of rows after which a page ends: near enough to bytes to keep memory small. */
export const HELD_PAGE_MAX = 1_000_000;

/** A row as it is stored; what is JSON in it is shown as what it says. */
export function heldRow(table: string, row: Readonly<Record<string, unknown>>): Held {
  const shown = Object.entries(row).map(([name, value]) => [name, readable(value)]);
  return { table, row: JSON.stringify(Object.fromEntries(shown)) };
}

export function heldRows(
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
): Held[] {
  return rows.map((row) => heldRow(table, row));
}

export function sizeOf(held: readonly Held[]): number {
  return held.reduce((sum, { row }) => sum + row.length, 0);
}

function readable(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
