// What a campaign's Customer.io does between two kills: a script of the emulator's words. When it is over, all is well.

import type { Random } from '../simulation/random.ts';

type Mood = (random: Random) => readonly string[];

const times = (count: number, step: string): string[] => Array.from({ length: count }, () => step);

const flaky: Mood = (random) => {
  const steps = ['503', '500', 'reset', '429 Retry-After 1', '200', '200 html', 'slow 150', '200'];
  return times(random.between(0, 8), '').map(() => random.pick(steps));
};

/** The ordinary one after an outage: what is large takes long, or is not taken. */
const brownOut: Mood = (random) =>
  times(random.between(10, 60), `large ${random.pick([2, 10, 50])} 503`);

const slowByTheMessage: Mood = (random) =>
  times(random.between(10, 40), `each ${random.pick([1, 4, 20])}`);

const busy: Mood = (random) => times(random.between(1, 3), '429 Retry-After 1');

const outage: Mood = (random) => times(random.between(2, 4), random.pick(['502', 'reset']));

const fine: Mood = () => [];

export function pipelinesScript(random: Random, isWorld: boolean): string {
  const mood = isWorld
    ? random.pick([flaky, brownOut, slowByTheMessage, busy, outage, fine])
    : flaky;
  return mood(random).join(',');
}

/** A torn connection, a 5xx and half an answer leave open whether a mail was sent; a 429 does not. */
export function mailScript(random: Random): string {
  const steps = ['200', '200', '200', 'half', '429 Retry-After 1', '503', 'reset', 'slow 100'];
  return times(random.between(0, 6), '')
    .map(() => random.pick(steps))
    .join(',');
}
