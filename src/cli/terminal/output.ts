// Output: for people, or one JSON document with --json. Everything printed passes here, and a configured secret that
// got into a text by any way is blotted out. Colours only on a terminal.

import { styleText } from 'node:util';

import Table from 'cli-table3';

import { SECRET_NAMES } from './settings.ts';
import type { Values } from './settings.ts';

type Mark = 'ok' | 'warning' | 'problem';

export type Output = ReturnType<typeof openOutput>;

/** Shorter values are ordinary words: blotting them out would only spoil sentences. */
const SECRET_LENGTH_MIN = 6;

const LOOKS = {
  ok: ['green', 'ok     '],
  warning: ['yellow', 'warning'],
  problem: ['red', 'PROBLEM'],
} as const;

export function openOutput(options: { readonly isJson: boolean; readonly values: Values }) {
  const { isJson } = options;
  const redact = redactor(options.values);

  /** The result: the one document under --json, `text` for people. */
  function result(json: unknown, text: string | readonly string[]): void {
    const lines = typeof text === 'string' ? [text] : text;
    write(isJson ? JSON.stringify(json, null, 2) : lines.join('\n'));
  }

  /** For people only, and beside the result: progress and advice. */
  function note(text: string): void {
    if (!isJson) process.stderr.write(`${redact(text)}\n`);
  }

  function write(text: string): void {
    process.stdout.write(`${redact(text)}\n`);
  }

  return { isJson, result, note, redact };
}

export function mark(kind: Mark): string {
  const [color, word] = LOOKS[kind];
  return styleText(color, word, { stream: process.stdout });
}

export function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const plain = Object.fromEntries(
    ['top', 'bottom', 'mid', 'left', 'right']
      .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
      .map((name) => [name, '']),
  );
  const grid = new Table({
    head: head.map(bold),
    chars: { ...plain, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  grid.push(...rows.map((row) => [...row]));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

export function redactor(values: Values): (text: string) => string {
  const secrets = SECRET_NAMES.flatMap((name) => {
    const value = values[name];
    return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [];
  }).filter((secret) => secret.length >= SECRET_LENGTH_MIN);
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}
