// Decided: invoices that waited for their subscription, where a hand-over has brought the two together. No event would: the
// subscription's may have come before. No I/O. No clock.

import { applyTrialEnds } from './payments.ts';
import type { Person, Step } from './person.ts';

/** What each says anew is told once under its key: the hand-over may be repeated. */
export function decided(person: Person): Step {
  let step: Step = { person, moments: [] };
  for (const facet of Object.values(person.subscriptions)) {
    const known = step.person.marks[facet.purchaseId];
    if (known === undefined || known.undecided.length === 0) continue;
    const { marks, moments } = applyTrialEnds(known, [], facet);
    const told = moments.map((moment) => ({ ...moment, once: 'seen', isAlone: true }) as const);
    step = {
      person: { ...step.person, marks: { ...step.person.marks, [facet.purchaseId]: marks } },
      moments: [...step.moments, ...told],
    };
  }
  return step;
}
