// The pieces of schemas that are not valibot's own: they take JSON as it comes, and never repeat a value.

import { describe, expect, it } from 'vitest';

import * as v from '../../src/platform/schema.ts';

const SECRET = 'sk_live_secret';

/** `path: message`, for everything that is refused. */
function refused(schema: v.GenericSchema, value: unknown): string[] {
  const { issues = [] } = v.safeParse(schema, value);
  return issues.map((issue) => `${v.pathOf(issue).join('.')}: ${issue.message}`);
}

describe('object', () => {
  const Thing = v.object({
    id: v.string(),
    inner: v.object({ count: v.number() }),
    name: v.pipe(
      v.fallback(v.nullable(v.string()), null),
      v.transform((name) => name ?? 'nobody'),
    ),
    note: v.optional(v.string()),
  });

  it('reads a key that is missing by its own schema, to the end of its pipe', () => {
    const read = v.parse(Thing, { id: 'a', inner: { count: 1 }, other: 2 });
    expect(read).toStrictEqual({ id: 'a', inner: { count: 1 }, name: 'nobody' });
  });

  it('says of a key that is missing what its schema says, and where', () => {
    expect(refused(Thing, { inner: {} })).toEqual([
      'id: expected text',
      'inner.count: expected a number',
    ]);
  });

  it.each([[[]], [null], [SECRET], [1]])('refuses %j', (value) => {
    expect(refused(Thing, value)).toEqual([': expected an object']);
  });
});

describe('record', () => {
  it.each([[[]], [null], [SECRET]])('refuses %j', (value) => {
    expect(refused(v.record(v.unknown()), value)).toEqual([': expected an object']);
  });

  it('takes any key but the one that would change what the object is', () => {
    const json: unknown = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":1,"a":2}');
    const read = v.parse(v.record(v.unknown()), json);
    expect(Object.entries(read)).toEqual([
      ['constructor', 1],
      ['a', 2],
    ]);
    expect(read['isAdmin']).toBeUndefined();
  });

  it('says which value is wrong', () => {
    expect(refused(v.record(v.number()), { a: 1, b: SECRET })).toEqual(['b: expected a number']);
  });
});

describe('number', () => {
  it.each([[Infinity], [-Infinity], [Number.NaN], ['1'], [null]])('refuses %s', (value) => {
    expect(refused(v.number(), value)).toEqual([': expected a number']);
  });

  it.each([[1.5], [2 ** 53], [Infinity], ['1']])(
    'is whole and can be counted to: not %s',
    (value) => {
      expect(refused(v.integer(), value)).toEqual([': expected a whole number']);
    },
  );
});

describe('part', () => {
  it('is what its pieces read of nothing, wherever it is no object', () => {
    const inner = v.part({ name: v.orNull(v.string()), all: v.fallback(v.array(v.string()), []) });
    const outer = v.part({ inner });
    const read = [null, { inner: 1 }, { inner: { name: 2 } }].map((each) => v.parse(outer, each));
    const nothing = { inner: { name: null, all: [] } };
    expect(read).toEqual([nothing, nothing, nothing]);
  });
});

describe('what is refused', () => {
  const SCHEMAS: readonly v.GenericSchema[] = [
    v.string('expected text'),
    v.boolean(),
    v.array(v.string()),
    v.literal(1),
    v.picklist(['a']),
    v.union([v.boolean(), v.literal('a')]),
    v.pipe(v.string(), v.regex(/^a$/)),
    v.pipe(
      v.string(),
      v.check((text) => text === ''),
    ),
  ];

  it('is never repeated, whatever refuses it', () => {
    const told = SCHEMAS.flatMap((schema) => refused(schema, SECRET));
    expect(told).toHaveLength(SCHEMAS.length - 1);
    expect(told.join()).not.toContain(SECRET);
  });
});
