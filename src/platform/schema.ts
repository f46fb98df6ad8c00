// What schemas are made of: valibot, and the pieces of ours that take JSON as it comes. Everybody imports it as `v`, nobody
// imports valibot itself: its `object` and `record` take lists for objects, its `object` does not ask the schema of a key
// that is missing, its `number` takes infinity, and its own messages quote what they refuse.

import * as valibot from 'valibot';

import { isObject } from './json.ts';

type Issues = readonly valibot.BaseIssue<unknown>[];

const EXPECTED_OBJECT = 'expected an object';

/** What is said where a schema says nothing itself. Never the value: it may be a secret. */
const config = {
  message: ({ type, expected }: valibot.BaseIssue<unknown>) =>
    `expected ${type === 'string' ? 'text' : (expected ?? 'something else')}`,
};

function safeParse<const Schema extends valibot.GenericSchema>(schema: Schema, value: unknown) {
  return valibot.safeParse(schema, value, config);
}

/** By a schema that takes anything; throws where it does not. */
function parse<const Schema extends valibot.GenericSchema>(schema: Schema, value: unknown) {
  return valibot.parse(schema, value, config);
}

/** Only these keys. One that is missing is undefined to its schema; what is undefined after that stays away. */
/* @__NO_SIDE_EFFECTS__ */
function object<const Entries extends valibot.ObjectEntries>(
  entries: Entries,
  message = EXPECTED_OBJECT,
): Keyed<Read<Entries>> & { readonly entries: Entries } {
  const parts = Object.entries(entries);
  return Object.assign(
    keyed<Read<Entries>>(() => parts, message),
    { entries },
  );
}

/** Any keys. `__proto__`, which would change what the object is, is left out. */
/* @__NO_SIDE_EFFECTS__ */
function record<const Value extends valibot.GenericSchema>(
  value: Value,
  message = EXPECTED_OBJECT,
): Keyed<Record<string, valibot.InferOutput<Value>>> {
  const partsOf = (input: object) =>
    Object.keys(input).flatMap((key) => (key === '__proto__' ? [] : [[key, value] as const]));
  return keyed(partsOf, message);
}

type Keyed<Value> = valibot.CustomSchema<Value, string>;

/** A key that may read as undefined may stay away; one that takes anything has to be there. */
type Read<Entries extends valibot.ObjectEntries> = Flat<
  {
    -readonly [Key in keyof Entries as IsOptional<Entries[Key]> extends true ? never : Key]: Out<
      Entries[Key]
    >;
  } & {
    -readonly [Key in keyof Entries as IsOptional<Entries[Key]> extends true ? Key : never]?: Out<
      Entries[Key]
    >;
  }
>;

type Out<Schema extends valibot.GenericSchema> = valibot.InferOutput<Schema>;

type IsOptional<Schema extends valibot.GenericSchema> =
  unknown extends Out<Schema> ? false : undefined extends Out<Schema> ? true : false;

type Flat<Type> = { [Key in keyof Type]: Type[Key] };

type Parts = readonly (readonly [string, valibot.GenericSchema])[];

/** An object of pieces that read whatever stands there; where there is none, what they read of nothing. */
/* @__NO_SIDE_EFFECTS__ */
function part<const Entries extends valibot.ObjectEntries>(entries: Entries) {
  const schema = object(entries);
  return valibot.fallback(schema, () => parse(schema, {}));
}

/** An id, or an object that has it, of which the id is read. */
/* @__NO_SIDE_EFFECTS__ */
function idIn(id: valibot.GenericSchema<unknown, string>) {
  const ofObject = valibot.pipe(
    object({ id }),
    valibot.transform((each) => each.id),
  );
  return valibot.union([id, ofObject], 'expected an id');
}

/** Null where it cannot be read. */
/* @__NO_SIDE_EFFECTS__ */
function orNull<const Schema extends valibot.GenericSchema>(schema: Schema) {
  return valibot.fallback(valibot.nullable(schema), null);
}

/* @__NO_SIDE_EFFECTS__ */
function keyed<Value>(partsOf: (input: object) => Parts, message: string): Keyed<Value> {
  const schema = valibot.custom<Value, string>(isObject, message);
  const refuse = schema['~run'].bind(schema);
  return Object.assign(schema, {
    '~run'(
      dataset: valibot.UnknownDataset,
      asked: valibot.Config<valibot.BaseIssue<unknown>>,
    ): valibot.OutputDataset<unknown, valibot.BaseIssue<unknown>> {
      const input = dataset.value;
      if (!isObject(input)) return refuse(dataset, asked);
      const value: Record<string, unknown> = {};
      const issues: valibot.BaseIssue<unknown>[] = [];
      let typed = true;
      for (const [key, schemaOf] of partsOf(input)) {
        const read = schemaOf['~run']({ value: input[key] }, asked);
        if (read.value !== undefined || key in input) value[key] = read.value;
        if (!read.typed) typed = false;
        for (const issue of read.issues ?? []) issues.push(below(key, issue));
      }
      const [first, ...others] = issues;
      return first === undefined
        ? { typed: true, value }
        : { typed, value, issues: [first, ...others] };
    },
  });
}

function below(key: string, issue: valibot.BaseIssue<unknown>): valibot.BaseIssue<unknown> {
  return { ...issue, path: [step(key), ...(issue.path ?? [])] };
}

/** Without the value that stands there. */
function step(key: string) {
  return { type: 'unknown', origin: 'value', input: null, key, value: null } as const;
}

/** Where what an action of ours refuses stands, below its own value. */
function pathTo(key: string, ...keys: readonly string[]): [Step, ...Step[]] {
  return [step(key), ...keys.map(step)];
}

type Step = ReturnType<typeof step>;

/** The keys that lead to what was refused; none for the whole. */
function pathOf({ path }: Pick<valibot.BaseIssue<unknown>, 'path'>): string[] {
  return (path ?? []).map(({ key }) => String(key));
}

/** Text that is not empty. */
/* @__NO_SIDE_EFFECTS__ */
function filled(message = 'expected text') {
  return valibot.custom<string, string>(
    (value) => typeof value === 'string' && value !== '',
    message,
  );
}

/* @__NO_SIDE_EFFECTS__ */
function number(message = 'expected a number') {
  return valibot.custom<number, string>(Number.isFinite, message);
}

/** No further from zero than can be counted to. */
/* @__NO_SIDE_EFFECTS__ */
function integer(message = 'expected a whole number') {
  return valibot.custom<number, string>(Number.isSafeInteger, message);
}

export {
  array,
  boolean,
  check,
  fallback,
  literal,
  nullable,
  nullish,
  optional,
  picklist,
  pipe,
  rawTransform,
  readonly,
  regex,
  string,
  transform,
  union,
  unknown,
} from 'valibot';
export type { GenericSchema, InferOutput } from 'valibot';
export {
  filled,
  idIn,
  integer,
  number,
  object,
  orNull,
  parse,
  part,
  pathOf,
  pathTo,
  record,
  safeParse,
};
export type { Issues };
