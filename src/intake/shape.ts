// Tolerant pieces of schema. What we can do without reads as null whatever stands there; what we cannot do without
// is asked for by name, so that a problem says field and expectation, and never a value.

import * as z from 'zod';

import { cutText } from '../person/fitting-text.ts';

export const text = z.string().min(1).nullable().catch(null);

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
export const typed = text.transform((value) => (value === null ? null : cleanText(value) || null));

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
