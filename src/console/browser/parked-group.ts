// Which parked things are alike.

import type { ParkedLine } from '../../outbox/parked/shelf.ts';

/** By reason, and by what is wrong without the values that differ. */
export function groupOf({ reason, detail }: Pick<ParkedLine, 'reason' | 'detail'>): string {
  return `${reason} ${detail.replaceAll(/\d+/g, '…').slice(0, 80)}`.trim();
}
