// What is answered about another mapping than the one in force: a part of contract.ts, and like it it only grows.

import * as v from '../platform/schema.ts';
import { MappingVars } from './requests.ts';
import { figure, next } from './shapes.ts';

const Naming = v.object({
  by: v.array(v.string()),
  own: v.nullable(v.string()),
});

/** A page of what the journal holds, which may be empty and not the last one, and the mapping in force. */
export const Tracks = v.object({
  mapping: MappingVars,
  tracks: v.array(
    v.object({
      timestamp: v.string(),
      event: v.string(),
      /** Those that name a plan. */
      properties: v.optional(v.record(v.string()), {}),
      /** What the names of the person's plans are made from. */
      namings: v.optional(v.array(Naming), []),
    }),
  ),
  next,
});

/** Whom a refresh would identify under this mapping, a page of people at once. */
export const Preview = v.object({
  seen: figure,
  due: figure,
  unknown: figure,
  unread: figure,
  traits: v.optional(v.record(v.number()), {}),
  examples: v.optional(v.array(v.string()), []),
  next,
});
