// The App API: people and segments, one function each. Answers come back as values; no answer
// throws. The network comes in, so the Worker and the command line share this.
// https://docs.customer.io/integrations/api/app/

import { asking } from '../apis/ask-json.ts';
import type { Net } from '../apis/exchange.ts';
import * as v from '../platform/schema.ts';

export type AppOptions = { readonly baseUrl: string; readonly token: string };

export const PEOPLE_PER_PAGE_MAX = 1000;

/** Ids of one question after the attributes of many. */
export const ATTRIBUTES_PER_PAGE_MAX = 100;

const text = v.pipe(
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

const PersonDetails = v.pipe(
  v.object({
    customer: v.object({
      id: text,
      attributes: v.optional(v.record(v.unknown()), {}),
      unsubscribed: v.optional(v.boolean(), false),
    }),
  }),
  v.transform(({ customer }) => customer),
);
export type PersonDetails = v.InferOutput<typeof PersonDetails>;

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

const Segments = v.pipe(
  v.object({
    segments: v.array(
      v.object({ id: v.number(), name: v.string(), type: text, state: text, description: text }),
    ),
  }),
  v.transform(({ segments }) => segments),
);

const Anything = v.unknown();

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
    person: (id: string) =>
      ask({
        method: 'GET',
        path: `/customers/${encodeURIComponent(id)}/attributes?id_type=id`,
        schema: PersonDetails,
      }),
    /** Their attributes, each as text, and when it was set. Whom it does not know is left out. */
    attributesOf: (ids: readonly string[]) =>
      ask({
        method: 'POST',
        path: '/customers/attributes?id_type=id',
        json: { ids },
        schema: ShownPeople,
      }),
    /** Asked for, but not in the published API: it may answer 404 or 405. */
    deletePerson: (id: string) =>
      ask({ method: 'DELETE', path: `/customers/${encodeURIComponent(id)}`, schema: Anything }),
    segments: () => ask({ method: 'GET', path: '/segments', schema: Segments }),
  };
}
