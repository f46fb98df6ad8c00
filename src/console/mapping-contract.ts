// What is asked and answered about another mapping than the one in force: a part of contract.ts, and like it it only grows.

import * as z from 'zod/mini';

const figure = z._default(z.number(), 0);
const table = z._default(z.record(z.string(), z.string()), {});
const next = z._default(z.nullable(z.string()), null);

/** The variables that decide names, as the configuration reads them. */
export const MappingVars = z.object({
  traitCase: z.enum(['camel', 'snake']),
  events: z._default(z.record(z.string(), z.union([z.string(), z.literal(false)])), {}),
  freePlan: z.nullable(z.string()),
  plans: table,
  traits: table,
});

const Naming = z.object({
  by: z.array(z.string()),
  own: z.nullable(z.string()),
});

/** A page of what the journal holds, which may be empty and not the last one, and the mapping in force. */
export const Tracks = z.object({
  mapping: MappingVars,
  tracks: z.array(
    z.object({
      timestamp: z.string(),
      event: z.string(),
      /** Those that name a plan. */
      properties: table,
      /** What the names of the person's plans are made from. */
      namings: z._default(z.array(Naming), []),
    }),
  ),
  next,
});

/** Whom a refresh would identify under this mapping, a page of people at once. */
export const Preview = z.object({
  seen: figure,
  due: figure,
  unknown: figure,
  unread: figure,
  traits: z._default(z.record(z.string(), z.number()), {}),
  examples: z._default(z.array(z.string()), []),
  next,
});
