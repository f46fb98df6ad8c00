// The App API: people and segments, one function each. Answers come back as values; no answer
// throws. The network comes in, so the Worker and the command line share this.
// https://docs.customer.io/integrations/api/app/

import * as z from 'zod/mini';

import { asking } from '../apis/ask-json.ts';
import type { Net } from '../apis/exchange.ts';

export type AppOptions = { readonly baseUrl: string; readonly token: string };

export const PEOPLE_PER_PAGE_MAX = 1000;

/** Ids of one question after the attributes of many. */
export const ATTRIBUTES_PER_PAGE_MAX = 100;

const text = z.pipe(
  z.nullish(z.union([z.string(), z.pipe(z.number(), z.transform(String))])),
  z.transform((value) => value ?? null),
);

const PersonId = z.object({ id: text, email: text, cio_id: text });
export type PersonId = z.infer<typeof PersonId>;

/** The list is called `identifiers` today, and `results` in older material. */
const PeoplePage = z.pipe(
  z.object({
    identifiers: z.optional(z.array(PersonId)),
    results: z.optional(z.array(PersonId)),
    next: text,
  }),
  z.transform(({ identifiers, results, next }) => ({
    people: identifiers ?? results ?? [],
    next: next === '' ? null : next,
  })),
);

const PersonDetails = z.pipe(
  z.object({
    customer: z.object({
      id: text,
      attributes: z._default(z.record(z.string(), z.unknown()), {}),
      unsubscribed: z._default(z.boolean(), false),
    }),
  }),
  z.transform(({ customer }) => customer),
);
export type PersonDetails = z.infer<typeof PersonDetails>;

const ShownPerson = z.object({
  id: text,
  attributes: z._default(z.record(z.string(), z.unknown()), {}),
  timestamps: z.catch(z.record(z.string(), z.number()), {}),
});

/** The list holds them wrapped, as the one of a single person does; a copy of the specification shows them bare. */
const ShownPeople = z.pipe(
  z.object({
    customers: z.array(
      z.union([
        z.pipe(
          z.object({ customer: ShownPerson }),
          z.transform((each) => each.customer),
        ),
        ShownPerson,
      ]),
    ),
  }),
  z.transform(({ customers }) => customers),
);

const Segments = z.pipe(
  z.object({
    segments: z.array(
      z.object({ id: z.number(), name: z.string(), type: text, state: text, description: text }),
    ),
  }),
  z.transform(({ segments }) => segments),
);

const Anything = z.unknown();

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
