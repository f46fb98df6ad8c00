// Tolerant pieces of schema. What we can do without reads as null whatever stands there; what we cannot do without
// is asked for by name, so that a problem says field and expectation, and never a value.

import { cleanText } from '../person/fitting-text.ts';
import * as v from '../platform/schema.ts';

/** Beyond it no amount or time is meant, and arithmetic would end in what JSON has no word for. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

export const needed = {
  text: v.filled(),
  number: v.pipe(
    v.number(),
    v.check((value) => Math.abs(value) <= NUMBER_MAX, 'expected a number that can be counted to'),
  ),
} as const;

export const text = v.orNull(needed.text);

/** Names and nicknames: `text` that people type. */
export const typed = v.pipe(
  text,
  v.transform((value) => (value === null ? null : cleanText(value) || null)),
);

export const count = v.orNull(needed.number);
export const flag = v.fallback(v.boolean(), false);
/** Foreign objects: only their own keys are ever read. */
export const record = v.fallback(v.record(v.unknown()), {});

/** A list of what can be read; entries that cannot are left out. */
export function list<Shape extends v.GenericSchema>(shape: Shape) {
  return v.pipe(
    v.fallback(v.array(v.unknown()), []),
    v.transform((entries) =>
      entries.flatMap((entry) => {
        const result = v.safeParse(shape, entry);
        return result.success ? [result.output] : [];
      }),
    ),
  );
}

/** `data.object.id: expected text`: where it is, and what should stand there. */
export function problemsOf(issues: v.Issues): string[] {
  return issues.map((issue) => `${v.pathOf(issue).join('.') || 'body'}: ${issue.message}`);
}
