// The App API, as the command line asks it: what the Worker does, one person, and segments.
// https://docs.customer.io/integrations/api/app/

import { asking } from '../apis/ask-json.ts';
import type { Net } from '../apis/exchange.ts';
import * as v from '../platform/schema.ts';
import { appApi, text } from './app-api.ts';
import type { AppOptions } from './app-api.ts';

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

const Segments = v.pipe(
  v.object({
    segments: v.array(
      v.object({ id: v.number(), name: v.string(), type: text, state: text, description: text }),
    ),
  }),
  v.transform(({ segments }) => segments),
);

const Anything = v.unknown();

export function operatorApi({ baseUrl, token }: AppOptions, net: Net) {
  const ask = asking({ baseUrl, key: token }, net);
  return {
    ...appApi({ baseUrl, token }, net),
    person: (id: string) =>
      ask({
        method: 'GET',
        path: `/customers/${encodeURIComponent(id)}/attributes?id_type=id`,
        schema: PersonDetails,
      }),
    /** Asked for, but not in the published API: it may answer 404 or 405. */
    deletePerson: (id: string) =>
      ask({ method: 'DELETE', path: `/customers/${encodeURIComponent(id)}`, schema: Anything }),
    segments: () => ask({ method: 'GET', path: '/segments', schema: Segments }),
  };
}
