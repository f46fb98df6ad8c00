/** Ids are foreign text: one that happens to be the name of an inherited property finds nothing. */
export function own<Value>(
  record: Readonly<Record<string, Value>>,
  key: string | null,
): Value | null {
  return key !== null && Object.hasOwn(record, key) ? (record[key] ?? null) : null;
}

export function except<Value>(record: Readonly<Record<string, Value>>, key: string) {
  return only(record, (_, each) => each !== key);
}

/** What is kept of a record. */
export function only<Value>(
  record: Readonly<Record<string, Value>>,
  isKept: (value: Value, key: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => isKept(value, key)));
}
