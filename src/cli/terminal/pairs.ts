// What is typed or kept in a file → an object: `k=v` pairs, a JSON file, or both, the pairs last.

import { parseJson } from '../../platform/json.ts';
import { usageError } from './cli-error.ts';
import { namedText } from './files.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `pairs` is the option that takes `key=value`; null where none does. */
type FieldsOption = { readonly option: string; readonly pairs: string | null };

/** Each is `k=v`, a file, or `-` for standard input; later ones win. */
export function fieldsOf(given: readonly string[], { option, pairs }: FieldsOption): Fields {
  const todo = pairs === null ? {} : { todo: `Or write it out: ${pairs} key=value` };
  const parts = given.map((each) => (isPair(each) ? pairOf(each) : fileOf(each, option, todo)));
  return Object.assign({}, ...parts) as Fields;
}

/** A number, true, false or null is one, when it is written exactly as JSON writes it; all else is text. */
export function valueOf(text: string): unknown {
  if (!/^(-?(0|[1-9]\d*)(\.\d+)?|true|false|null)$/.test(text)) return text;
  const value: unknown = JSON.parse(text);
  // A card or phone number too long for a number would come out as another one.
  return typeof value === 'number' && !isFaithful(value, text) ? text : value;
}

function isFaithful(value: number, text: string): boolean {
  return !text.includes('.') ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function isPair(text: string): boolean {
  return /^[^=/\\.]+=/.test(text);
}

function pairOf(text: string): Fields {
  const at = text.indexOf('=');
  return { [text.slice(0, at)]: valueOf(text.slice(at + 1)) };
}

function fileOf(file: string, option: string, todo: { readonly todo?: string }): Fields {
  const json = parseJson(namedText({ file, what: `${option} ${file}`, ...todo }));
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  throw usageError(
    `${option} ${file}: this is not a JSON object.`,
    'It looks like {"plan": "pro"}',
  );
}

export function isEmail(text: string): boolean {
  return /^\S+@\S+$/.test(text);
}

/** What stands behind `--trait` is a pair, and never a file. */
export function needPairs(given: readonly string[], option: string): readonly string[] {
  const other = given.find((each) => !isPair(each));
  if (other === undefined) return given;
  throw usageError(`${option} ${other}: it needs key=value.`);
}
