// What a customer brings to somebody else, in parts: each may be gained by itself, in any order, and again. No I/O. No clock.

import type { CustomerFacts } from './customers.ts';
import { isFinal } from './facet.ts';
import { own } from './own.ts';
import { byEnd } from './primacy.ts';

/** Characters of JSON: a part that is put aside is one row. A purchase that has more is a part by itself. */
export const PART_MAX = 100_000;

/** What runs comes first, in parts of its own, then what was over last; what is of no purchase is in the first part. */
export function partsOf({ subscriptions, marks, ...rest }: CustomerFacts): CustomerFacts[] {
  const explained = new Set(subscriptions.map(({ purchaseId }) => purchaseId));
  const orphans = Object.keys(marks).filter((id) => !explained.has(id));
  const all = [
    ...subscriptions.toSorted(byEnd).map((facet) => ({ id: facet.purchaseId, facets: [facet] })),
    ...orphans.map((id) => ({ id, facets: [] })),
  ];
  const parts: CustomerFacts[] = [];
  let part: CustomerFacts = { ...rest, subscriptions: [], marks: {} };
  let size = 0;
  let isOver = false;
  for (const { id, facets } of all) {
    const known = own(marks, id);
    const more = JSON.stringify([facets, known]).length;
    const isNext = isOver !== facets.every(isFinal);
    if (isNext || (size > 0 && size + more > PART_MAX)) {
      parts.push(part);
      part = { subscriptions: [], marks: {}, cards: {} };
      size = 0;
      isOver = facets.every(isFinal);
    }
    const theirs = known === null ? {} : { [id]: known };
    part = {
      ...part,
      subscriptions: [...part.subscriptions, ...facets],
      marks: { ...part.marks, ...theirs },
    };
    size += more;
  }
  return [...parts, part];
}
