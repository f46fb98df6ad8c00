// Output: for people, or one JSON document with --json. Everything printed passes here: what is foreign in it is made
// printable, and a configured secret that got into a text by any way is blotted out. Colours only on a terminal.

import { styleText } from 'node:util';

import Table from 'cli-table3';

import { jsonText, printable } from './printable.ts';
import { redactor } from './redactor.ts';
import type { Values } from './settings.ts';

type Mark = 'ok' | 'warning' | 'problem';

/** Made printable already, piece by piece, and then coloured or aligned: only the functions below make one. */
type Printed = { readonly printed: string };

/** A string is one line and may be foreign: a line break in it is none. */
export type Line = string | Printed;

export type Output = ReturnType<typeof openOutput>;

const LOOKS = {
  ok: ['green', 'ok     '],
  warning: ['yellow', 'warning'],
  problem: ['red', 'PROBLEM'],
} as const;

export function openOutput(options: { readonly isJson: boolean; readonly values: Values }) {
  const { isJson } = options;
  const redact = redactor(options.values);

  /** The result: the one document under --json, `text` for people. */
  function result(json: unknown, text: Line | readonly Line[]): void {
    const lines = typeof text === 'string' || 'printed' in text ? [text] : text;
    write(isJson ? jsonText(json) : lines.map(printedOf).join('\n'));
  }

  /** One of many results, each a line: a document of its own under --json, for people `text` or nothing. */
  function line(json: unknown, text: Line | null): void {
    if (isJson) write(jsonText(json, 0));
    else if (text !== null) write(printedOf(text));
  }

  /** For people only, and beside the result: progress and advice. */
  function note(text: string): void {
    if (!isJson) process.stderr.write(`${said(text)}\n`);
  }

  /** One line, as it may be shown anywhere. */
  function said(text: string): string {
    return redact(printable(text));
  }

  function write(text: string): void {
    process.stdout.write(`${redact(text)}\n`);
  }

  return { isJson, result, line, note, said };
}

function printedOf(line: Line): string {
  return typeof line === 'string' ? printable(line) : line.printed;
}

/** A line behind its verdict. */
export function marked(kind: Mark, text: string): Printed {
  const [color, word] = LOOKS[kind];
  const mark = styleText(color, word, { stream: process.stdout });
  return { printed: `${mark}  ${printable(text)}` };
}

export function bold(text: string): Printed {
  return { printed: styleText('bold', printable(text), { stream: process.stdout }) };
}

/** As it may be coloured: each piece was made printable by whoever joined them. */
export function ready(text: string): Printed {
  return { printed: text };
}

/** A whole document for people who asked for one. */
export function document(json: unknown): Printed {
  return { printed: jsonText(json) };
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): Printed {
  const plain = Object.fromEntries(
    ['top', 'bottom', 'mid', 'left', 'right']
      .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`, `mid-${side}`])
      .map((name) => [name, '']),
  );
  const grid = new Table({
    head: head.map((name) => bold(name).printed),
    chars: { ...plain, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  grid.push(...rows.map((row) => row.map(printable)));
  const lines = grid.toString().split('\n');
  return { printed: lines.map((line) => line.trimEnd()).join('\n') };
}
