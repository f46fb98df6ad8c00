// What is parked is replayed or discarded in rounds: one request does a hundred, and says behind which the next one begins. Only
// what was there when the number was shown: what is parked again meanwhile waits for another look. Pure.

import type { ParkedLine } from '../../outbox/parked/shelf.ts';
import { codeIn, numberIn, textIn } from './form.ts';

/** Each is a call or three, and a request may make a thousand. */
const ROUND_MAX = 100;

/** `id`: the shard and the number there. */
type Thing = Pick<ParkedLine, 'at' | 'reason' | 'detail'> & { readonly id: string };

/** What a button says before it is pressed: how many things of how many people, and when they were counted. */
export function touchedBy(things: readonly Pick<ParkedLine, 'person'>[], now: number) {
  const people = new Set(things.flatMap(({ person }) => person ?? []));
  const unread = things.filter(({ person }) => person === null).length;
  return { total: things.length, people: people.size, unread, until: now };
}

/** `form`: one (`id`), a group (`of`) or all, `until` when they were counted (0: nothing was shown), and what the rounds before came to. */
export function roundOf(all: readonly Thing[], form: Readonly<Record<string, unknown>>) {
  const [of, id] = [textIn(form['of']), textIn(form['id'])];
  const until = numberIn(form['until']);
  const behind = placeOf(textIn(form['after']));
  const wanted = all.filter(
    (each) =>
      (id === '' || each.id === id) &&
      (of === '' || groupOf(each) === of) &&
      each.at <= until &&
      placeOf(each.id) > behind,
  );
  const things = wanted.slice(0, ROUND_MAX);
  return {
    of,
    id,
    until,
    things,
    after: things.at(-1)?.id ?? '',
    left: wanted.length - things.length,
    seen: numberIn(form['seen']) + things.length,
    count: numberIn(form['count']),
    // A code: why the last of those that stay does.
    why: codeIn(form['why']),
  };
}

/** Which parked things are alike: by reason, and by what is wrong without the values that differ. */
export function groupOf({ reason, detail }: Pick<ParkedLine, 'reason' | 'detail'>): string {
  return `${reason} ${detail.replaceAll(/\d+/g, '…').slice(0, 80)}`.trim();
}

/** Of a number in the order in which all are listed: shard by shard. 0 for none. */
function placeOf(id: string): number {
  const [, shard = '0', seq = '0'] = /^s(\d{1,2})-(\d{1,13})$/.exec(id) ?? [];
  return Number(shard) * 10 ** 13 + Number(seq);
}
