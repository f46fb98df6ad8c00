// What schemas are made of: a schema is a function that reads a value, or says what is wrong with it and where, and never
// repeats the value, for it may be a secret. They take JSON as it comes: of objects only the keys that are asked for.
// Everybody imports it as `v`.

import { isObject } from './json.ts';

/** `path`: the keys that lead to what is refused; none for the whole. */
export type Issue = { readonly message: string; readonly path: readonly string[] };
export type Issues = readonly [Issue, ...Issue[]];

type Read<Output> =
  | { readonly success: true; readonly output: Output; readonly issues?: undefined }
  | { readonly success: false; readonly output?: undefined; readonly issues: Issues };

/** Reads an `Output`; whatever stands there, unless it goes on from another one. */
export type Schema<Output = unknown, Input = unknown> = (value: Input) => Read<Output>;

export type InferOutput<Of extends (value: never) => Read<unknown>> =
  ReturnType<Of> extends Read<infer Output> ? Output : never;

/** What it came to, unless something is wrong. */
export function read<Output>(output: Output, issues: readonly Issue[]): Read<Output> {
  const [first, ...others] = issues;
  return first === undefined
    ? { success: true, output }
    : { success: false, issues: [first, ...others] };
}

function refuse(message: string): Read<never> {
  return { success: false, issues: [{ message, path: [] }] };
}

export function safeParse<Output>(schema: Schema<Output>, value: unknown): Read<Output> {
  return schema(value);
}

/** By a schema that takes anything; throws where it does not. */
export function parse<Output>(schema: Schema<Output>, value: unknown): Output {
  const { success, output, issues } = schema(value);
  if (success) return output;
  throw new TypeError(issues[0].message);
}

/** What a predicate takes. */
function only<Output extends Input, Input = unknown>(
  is: (value: Input) => value is Output,
  message: string,
): Schema<Output, Input> {
  return (value) => (is(value) ? read(value, []) : refuse(message));
}

/** Goes on from a schema that has read something. */
export function check<Value>(
  is: (value: Value) => boolean,
  message = 'expected something else',
): Schema<Value, Value> {
  return (value) => (is(value) ? read(value, []) : refuse(message));
}

export function transform<Input, Output>(into: (value: Input) => Output): Schema<Output, Input> {
  return (value) => read(into(value), []);
}

/** Each reads what the one before it has read. */
export function pipe<A, B>(a: Schema<A>, b: Schema<B, A>): Schema<B>;
export function pipe<A, B, C>(a: Schema<A>, b: Schema<B, A>, c: Schema<C, B>): Schema<C>;
export function pipe<A, B, C, D>(
  ...each: readonly [Schema<A>, Schema<B, A>, Schema<C, B>, Schema<D, C>]
): Schema<D>;
export function pipe(...each: readonly Schema[]): Schema {
  return (value) =>
    each.reduce<Read<unknown>>(
      (before, next) => (before.success ? next(before.output) : before),
      read(value, []),
    );
}

type Entries = Readonly<Record<string, Schema>>;

/** A key that may read as undefined may stay away; one that takes anything has to be there. */
type ReadOf<Of extends Entries> = Flat<
  {
    -readonly [Key in keyof Of as IsOptional<Of[Key]> extends true ? never : Key]: InferOutput<
      Of[Key]
    >;
  } & {
    -readonly [Key in keyof Of as IsOptional<Of[Key]> extends true ? Key : never]?: InferOutput<
      Of[Key]
    >;
  }
>;

type IsOptional<Of extends Schema> =
  unknown extends InferOutput<Of> ? false : undefined extends InferOutput<Of> ? true : false;

type Flat<Type> = { [Key in keyof Type]: Type[Key] };

const EXPECTED_OBJECT = 'expected an object';

/** Only these keys. One that is missing is undefined to its schema; what is undefined after that stays away. */
export function object<const Of extends Entries>(
  entries: Of,
  message?: string,
): Schema<ReadOf<Of>> & { readonly entries: Of };
export function object(entries: Entries, message = EXPECTED_OBJECT) {
  const schemas = Object.entries(entries);
  const schema: Schema = (value) =>
    isObject(value)
      ? together(schemas.map(([key, each]) => [key, each(value[key])]))
      : refuse(message);
  return Object.assign(schema, { entries });
}

/** Any keys. `__proto__`, which would change what the object is, is left out. */
export function record<Value>(each: Schema<Value>, message?: string): Schema<Record<string, Value>>;
export function record(each: Schema, message = EXPECTED_OBJECT): Schema {
  return (value) => {
    if (!isObject(value)) return refuse(message);
    const parts = Object.entries(value).filter(([key]) => key !== '__proto__');
    return together(parts.map(([key, one]) => [key, each(one)]));
  };
}

export function array<Value>(each: Schema<Value>, message?: string): Schema<Value[]>;
export function array(each: Schema, message = 'expected a list'): Schema {
  return (value) => {
    if (!Array.isArray(value)) return refuse(message);
    const { output = {}, issues = [] } = together(
      value.map((one, index) => [String(index), each(one)]),
    );
    return read(Object.values(output), issues);
  };
}

/** Of the parts of an object what they came to, or all that is wrong with any, each behind its key. */
function together(
  parts: readonly (readonly [key: string, one: Read<unknown>])[],
): Read<Record<string, unknown>> {
  const found = parts.flatMap(([key, { output }]) => (output === undefined ? [] : [[key, output]]));
  const issues = parts.flatMap(([key, one]) =>
    (one.issues ?? []).map(({ message, path }) => ({ message, path: [key, ...path] })),
  );
  return read(Object.fromEntries(found), issues);
}

export function readonly<Value>(): Schema<Readonly<Value>, Value> {
  return (value) => read(value, []);
}

export function unknown(): Schema {
  return (value) => read(value, []);
}

export function string(message = 'expected text'): Schema<string> {
  return only((value) => typeof value === 'string', message);
}

export function boolean(message = 'expected true or false'): Schema<boolean> {
  return only((value) => typeof value === 'boolean', message);
}

/** Neither infinite nor none. */
export function number(message = 'expected a number'): Schema<number> {
  return only((value): value is number => Number.isFinite(value), message);
}

/** No further from zero than can be counted to. */
export function integer(message = 'expected a whole number'): Schema<number> {
  return only((value): value is number => Number.isSafeInteger(value), message);
}

/** One of these. */
export function picklist<const Option extends boolean | number | string>(
  options: readonly Option[],
  message = 'expected something else',
): Schema<Option> {
  return only((value): value is Option => options.some((each) => each === value), message);
}

/** Text that is not empty. */
export function filled(message = 'expected text'): Schema<string> {
  return only((value): value is string => typeof value === 'string' && value !== '', message);
}

export function literal<const Value extends boolean | number | string>(value: Value) {
  return picklist([value]);
}

/** The first that reads it. */
export function union<const Options extends readonly Schema[]>(
  options: Options,
  message?: string,
): Schema<InferOutput<Options[number]>>;
export function union(options: readonly Schema[], message = 'expected something else'): Schema {
  return (value) => {
    for (const option of options) {
      const found = option(value);
      if (found.success) return found;
    }
    return refuse(message);
  };
}

export function nullable<Value>(schema: Schema<Value>): Schema<Value | null> {
  return (value) => (value === null ? read(null, []) : schema(value));
}

/** Undefined may stand there, and stands for what is usual: that is read like any other value. */
export function optional<Value>(schema: Schema<Value>): Schema<Value | undefined>;
export function optional<Value>(schema: Schema<Value>, usual: unknown): Schema<Value>;
export function optional(schema: Schema, usual?: unknown): Schema {
  return (value) => {
    const given = value === undefined ? usual : value;
    return given === undefined ? read(given, []) : schema(given);
  };
}

/** What cannot be read is as if this stood there. */
export function fallback<Value>(schema: Schema<Value>, usual: NoInfer<Value>): Schema<Value> {
  return (value) => {
    const found = schema(value);
    return found.success ? found : read(usual, []);
  };
}

/** Null where it cannot be read. */
export function orNull<Value>(schema: Schema<Value>): Schema<Value | null> {
  return fallback(nullable(schema), null);
}

/** An object of pieces that read whatever stands there; where there is none, what they read of nothing. */
export function part<const Of extends Entries>(entries: Of): Schema<ReadOf<Of>> {
  const schema = object(entries);
  return fallback(schema, parse(schema, {}));
}

/** An id, or an object that has it, of which the id is read. */
export function idIn(id: Schema<string>): Schema<string> {
  const ofObject = pipe(
    object({ id }),
    transform((each) => each.id),
  );
  return union([id, ofObject], 'expected an id');
}
