// The App API, as far as the Worker asks it: people and objects, one function each. Answers come back as values; no answer throws. The network
// comes in, so the command line has it too.
// https://docs.customer.io/integrations/api/app/

import { asking } from '../apis/ask-json.ts';
import type { Net } from '../apis/exchange.ts';
import * as v from '../platform/schema.ts';

export type AppOptions = { readonly baseUrl: string; readonly token: string };

export const PEOPLE_PER_PAGE_MAX = 1000;

/** Ids of one question after the attributes of many. */
export const ATTRIBUTES_PER_PAGE_MAX = 100;

export const text = v.pipe(
  v.optional(v.nullable(v.union([v.string(), v.pipe(v.number(), v.transform(String))]))),
  v.transform((value) => value ?? null),
);

const PersonId = v.object({ id: text, email: text, cio_id: text });
export type PersonId = v.InferOutput<typeof PersonId>;

/** The list is called `identifiers` today, and `results` in older material. */
const PeoplePage = v.pipe(
  v.object({
    identifiers: v.optional(v.array(PersonId)),
    results: v.optional(v.array(PersonId)),
    next: text,
  }),
  v.transform(({ identifiers, results, next }) => ({
    people: identifiers ?? results ?? [],
    next: next === '' ? null : next,
  })),
);

const ShownPerson = v.object({
  id: text,
  attributes: v.optional(v.record(v.unknown()), {}),
  timestamps: v.fallback(v.record(v.number()), {}),
});

/** The list holds them wrapped, as the one of a single person does; a copy of the specification shows them bare. */
const ShownPeople = v.pipe(
  v.object({
    customers: v.array(
      v.union([
        v.pipe(
          v.object({ customer: ShownPerson }),
          v.transform((each) => each.customer),
        ),
        ShownPerson,
      ]),
    ),
  }),
  v.transform(({ customers }) => customers),
);

/** Its values may be of any type. https://docs.customer.io/integrations/api/app/tag/objects/getObjectAttributes/ */
const ShownObject = v.pipe(
  v.object({ object: ShownPerson }),
  v.transform(({ object }) => object),
);

type PeopleQuery = {
  readonly filter: unknown;
  readonly start: string | null;
  readonly limit: number;
};

export function appApi({ baseUrl, token }: AppOptions, net: Net) {
  const ask = asking({ baseUrl, key: token }, net);
  return {
    /** One page; the next one starts at `next`. */
    searchPeople: ({ filter, start, limit }: PeopleQuery) =>
      ask({
        method: 'POST',
        path: `/customers?limit=${limit}${start === null ? '' : `&start=${encodeURIComponent(start)}`}`,
        json: { filter },
        schema: PeoplePage,
      }),
    /** Their attributes, each as text, and when it was set. Whom it does not know is left out. */
    attributesOf: (ids: readonly string[]) =>
      ask({
        method: 'POST',
        path: '/customers/attributes?id_type=id',
        json: { ids },
        schema: ShownPeople,
      }),
    /** One object alone; `type` is its type's number. What it does not know it rejects with 404. */
    attributesOfObject: (type: number, id: string) =>
      ask({
        method: 'GET',
        path: `/objects/${type}/${encodeURIComponent(id)}/attributes`,
        schema: ShownObject,
      }),
  };
}
