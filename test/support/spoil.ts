// Payloads spoilt in one place: a field removed, nulled, or of another type.

type Path = readonly string[];

/** Every place in a JSON value, but the root. */
export function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [...path, key],
    ...placesOf(inner, [...path, key]),
  ]);
}

/** A copy with one place changed; `undefined` removes it. */
export function spoilt(json: object, path: Path, value: unknown): unknown {
  const copy = structuredClone(json) as Record<string, unknown>;
  const holder = path
    .slice(0, -1)
    .reduce((inner, key) => inner[key] as Record<string, unknown>, copy);
  const last = path.at(-1) ?? '';
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

export const HOSTILE: readonly unknown[] = [
  undefined,
  null,
  '',
  'text',
  '__proto__',
  0,
  -1,
  0.5,
  1e300,
  true,
  [],
  [null],
  {},
  { id: 7 },
  { data: 'x' },
  JSON.parse('{"__proto__":{"id":"x"}}'),
];
