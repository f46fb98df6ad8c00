// What templates may make of a value: times, durations, addresses, lengths. Pure.

import { DAY_MS, HOUR_MS } from '../../platform/time.ts';
import { printable } from './printable.ts';
import type { Filter } from './template.ts';

export const FILTERS: Readonly<Record<string, Filter>> = {
  iso: (at) => new Date(Number(at)).toISOString(),
  clock: (at) => new Date(Number(at)).toISOString().slice(0, 19).replace('T', ' '),
  ago: (at, now) => agoText(now - Number(at)),
  duration: (ms) => durationText(Number(ms)),
  percent: (share) => Math.round(Number(share) * 100),
  megabytes: (bytes) => (Number(bytes) / 1e6).toFixed(1),
  /** Of a list: all, as text. */
  list: (values) => printable(Array.isArray(values) ? values.join(', ') : ''),
  /** Where a name may be broken: behind its dots and its lines. */
  pieces: (name) =>
    printable(name)
      .match(/[^._]*[._]*/g)
      ?.filter(Boolean) ?? [],
  names: (of) => Object.keys(Object(of)),
  /** Never the thing itself, whose names may have come from outside. */
  entries: (of) => Object.entries(Object(of)).map(([name, value]) => ({ name, value })),
  major: (amount) => Number(amount).toFixed(2),
  /** Of what is counted in hundredths. */
  money: (minor) => (Number(minor) / 100).toFixed(2),
  future: (at, now) => Number(at) > now && at,
  absent: (value) => value === null || value === undefined,
  /** Nothing where it is none, or less. */
  positive: (count) => Math.max(0, Number(count)),
  many: (count) => Number(count) !== 1,
  url: (text) => encodeURIComponent(String(text)),
  short: (value) => printable(value, 160),
  long: (value) => printable(value, 2000),
};

function agoText(ms: number): string {
  if (ms < 0) return `in ${durationText(-ms)}`;
  return ms < 1000 ? 'just now' : `${durationText(ms)} ago`;
}

function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * HOUR_MS) return `${Math.round(ms / 60_000)} min`;
  return ms < 2 * DAY_MS ? `${Math.round(ms / HOUR_MS)} h` : `${Math.round(ms / DAY_MS)} days`;
}
