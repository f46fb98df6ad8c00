// A line of the feed as text: at most as wide as the terminal, in colour where there is one.

import { styleText } from 'node:util';

import type { FeedLine } from './feed.ts';
import { wrapped } from './wrap.ts';

type Look = {
  readonly width: number;
  /** Null where nothing may be coloured: every other stream decides by itself. */
  readonly stream: NodeJS.WriteStream | null;
};

type Color = Parameters<typeof styleText>[0];

const COLORS: Readonly<Record<string, Color>> = {
  accepted: 'green',
  released: 'green',
  duplicate: 'dim',
  ignored: 'dim',
  waiting: 'yellow',
  parked: 'red',
  refused: 'red',
  unavailable: 'red',
};

/** Local time, provider, type, what was answered, what it told, and how long that took to land, unless it lands with several people. */
export function feedText(line: FeedLine, look: Look): string[] {
  const time = new Date(line.at).toTimeString().slice(0, 8);
  if (line.kind === 'delivery') {
    const text = `${time} delivery ${line.what}: ${line.reason}`;
    return wrapped(text, look.width).map((each) => colored('red', each, look));
  }
  const { provider, type, outcome, reason, told, ms, kept } = line;
  const parts = [
    time,
    provider,
    ...(type === '' ? [] : [type]),
    outcome,
    ...(reason === null ? [] : [`(${reason})`]),
    ...(told.length === 0 ? [] : [`→ ${told.join(', ')}`, ...landing(ms, kept)]),
  ];
  const color = COLORS[outcome];
  const lines = wrapped(parts.join(' '), look.width);
  if (color === undefined) return lines;
  const [first = '', ...rest] = lines;
  return [first.replace(` ${outcome}`, () => ` ${colored(color, outcome, look)}`), ...rest];
}

const KEPT = {
  held: ['(held: their messages wait)'],
  parked: ['(put aside)'],
  elsewhere: [],
} as const;

function landing(ms: number | null, kept?: keyof typeof KEPT): readonly string[] {
  if (kept !== undefined) return KEPT[kept];
  return [ms === null ? '(not landed yet)' : `${ms} ms`];
}

function colored(color: Color, text: string, { stream }: Look): string {
  return stream === null ? text : styleText(color, text, { stream });
}
