// Since when a purchase is paid for. News of an earlier time may come after the payment, so that it was paid is not enough:
// what happened before is told as it was then. No I/O. No clock.

import type { Payment } from './news.ts';

type PaidMarks = {
  readonly wasPaid: boolean;
  readonly convertedBy: string | null;
  readonly paidAt?: number;
};

/** Whether it had been paid for by then, Unix milliseconds. Where an older release has not noted when, it had. */
export function hadPaid(marks: PaidMarks, at: number): boolean {
  return hasPaid(marks) && (marks.paidAt ?? 0) <= at;
}

/** It is known to have been paid for before then, Unix milliseconds. */
export function isPaidBefore({ paidAt }: PaidMarks, at: number): boolean {
  return paidAt !== undefined && paidAt < at;
}

/** With `changed`, and the time of the payment where it is the first; the very same where nothing is new. */
export function withPaid<Marks extends PaidMarks>(
  marks: Marks,
  { paidAt }: Pick<Payment, 'paidAt'>,
  changed: Partial<PaidMarks>,
): Marks {
  if (!hadPaid(marks, paidAt)) return { ...marks, ...changed, paidAt };
  const { wasPaid, convertedBy } = { ...marks, ...changed };
  const isSame = wasPaid === marks.wasPaid && convertedBy === marks.convertedBy;
  return isSame ? marks : { ...marks, ...changed };
}

/** Where one of them has paid at a time that is not known, the time of both is not. */
export function joinedPaidAt(a: PaidMarks, b: PaidMarks): number | undefined {
  if (!hasPaid(a)) return b.paidAt;
  if (!hasPaid(b)) return a.paidAt;
  const isUnknown = a.paidAt === undefined || b.paidAt === undefined;
  return isUnknown ? undefined : Math.min(a.paidAt, b.paidAt);
}

function hasPaid({ wasPaid, convertedBy }: PaidMarks): boolean {
  return wasPaid || convertedBy !== null;
}
