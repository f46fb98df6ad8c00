// Tolerant pieces of schema. What we can do without reads as null whatever stands there; what we cannot do without
// is asked for by name, so that a problem says field and expectation, and never a value.

import * as z from 'zod';

export const text = z.string().min(1).nullable().catch(null);

/** Beyond it no amount or time is meant, and arithmetic would end in what JSON has no word for. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const number = z
  .number({ error: 'expected a number' })
  .min(-NUMBER_MAX, 'expected a number that can be counted to')
  .max(NUMBER_MAX, 'expected a number that can be counted to');

export const count = number.nullable().catch(null);
export const flag = z.boolean().catch(false);
/** Foreign objects: only their own keys are ever read. */
export const record = z.record(z.string(), z.unknown()).catch({});

/** A list of what can be read; entries that cannot are left out. */
export function list<Shape extends z.ZodType>(shape: Shape) {
  return z
    .array(z.unknown())
    .catch([])
    .transform((entries) =>
      entries.flatMap((entry) => {
        const result = shape.safeParse(entry);
        return result.success ? [result.data] : [];
      }),
    );
}

export const needed = {
  text: z.string({ error: 'expected text' }).min(1, 'expected text'),
  number,
} as const;

/** An object of JSON, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `data.object.id: expected text`: where it is, and what should stand there. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`,
  );
}
