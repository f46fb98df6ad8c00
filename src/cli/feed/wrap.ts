// Lines at the width of a terminal, broken between words: what a terminal breaks by itself is broken within them. Pure.

/** What goes on below stands a little to the right of its line, and of its arrow where it has one. */
const HANGING = 2;

/** `width` in characters. A word that is longer than a line, such as an address, stays whole. */
export function wrapped(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const indent = ' '.repeat((/^\s*(?:->\s*)?/.exec(line)?.[0].length ?? 0) + HANGING);
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=\S) +/)) {
    const isFull = current !== '' && current.length + 1 + word.length > width;
    if (isFull) lines.push(current);
    if (isFull) current = `${indent}${word}`;
    else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}

/** Of the terminal; where there is none, what most open with. */
export function terminalWidth(): number {
  return process.stdout.columns ?? 80;
}
