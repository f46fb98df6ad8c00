// Tolerant pieces of schema. What we can do without reads as null whatever stands there; what we cannot do without
// is asked for by name, so that a problem says field and expectation, and never a value.

import { en } from 'zod/locales';
import * as z from 'zod/mini';

import { cutText } from '../person/fitting-text.ts';

// Without a language zod/mini says "Invalid input" whatever is wrong.
z.config(en());

export const text = z.catch(z.nullable(z.string().check(z.minLength(1))), null);

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

/** Names and nicknames: `text` that people type. */
export const typed = z.pipe(
  text,
  z.transform((value) => (value === null ? null : cleanText(value) || null)),
);

/** Beyond it no amount or time is meant, and arithmetic would end in what JSON has no word for. */
const NUMBER_MAX = Number.MAX_SAFE_INTEGER;
const number = z
  .number({ error: 'expected a number' })
  .check(
    z.gte(-NUMBER_MAX, 'expected a number that can be counted to'),
    z.lte(NUMBER_MAX, 'expected a number that can be counted to'),
  );

export const count = z.catch(z.nullable(number), null);
export const flag = z.catch(z.boolean(), false);
/** Foreign objects: only their own keys are ever read. */
export const record = z.catch(z.record(z.string(), z.unknown()), {});

/** A list of what can be read; entries that cannot are left out. */
export function list<Shape extends z.ZodMiniType>(shape: Shape) {
  return z.pipe(
    z.catch(z.array(z.unknown()), []),
    z.transform((entries) =>
      entries.flatMap((entry) => {
        const result = shape.safeParse(entry);
        return result.success ? [result.data] : [];
      }),
    ),
  );
}

export const needed = {
  text: z.string({ error: 'expected text' }).check(z.minLength(1, 'expected text')),
  number,
} as const;

/** An object of JSON, not a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `data.object.id: expected text`: where it is, and what should stand there. */
export function problemsOf(error: z.core.$ZodError): string[] {
  return error.issues.map(
    (issue) => `${issue.path.map(String).join('.') || 'body'}: ${issue.message}`,
  );
}
