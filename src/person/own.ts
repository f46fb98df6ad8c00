/** Ids are foreign text: one that happens to be the name of an inherited property finds nothing. */
export function own<Value>(
  record: Readonly<Record<string, Value>>,
  key: string | null,
): Value | null {
  return key !== null && Object.hasOwn(record, key) ? (record[key] ?? null) : null;
}
