// Questions of set-up at a terminal. A question is a function, so that a test may answer in the terminal's place.

import type { Readable, Writable } from 'node:stream';

import { confirm, log, password, select, text } from '@clack/prompts';

import { terminalWidth, wrapped } from '../feed/wrap.ts';
import { answered } from '../terminal/prompt.ts';

export type Asker = {
  readonly say: (lines: readonly string[]) => void;
  /** `refuse` answers what is wrong with it, or null. */
  readonly text: (
    message: string,
    initial: string,
    refuse: (typed: string) => string | null,
  ) => Promise<string>;
  /** Empty: left out. What is typed is not shown. */
  readonly secret: (message: string) => Promise<string>;
  readonly choose: (message: string, values: readonly string[], initial: string) => Promise<string>;
  readonly sure: (message: string) => Promise<boolean>;
};

type Streams = { readonly input: Readable; readonly output: Writable };

/** Of a line that begins with clack's guide. */
const GUIDE = 4;

/** Ctrl-C ends the command. */
export function terminalAsker(
  streams: Streams = { input: process.stdin, output: process.stdout },
): Asker {
  const width = terminalWidth() - GUIDE;
  const message = (words: string) => wrapped(words, width).join('\n');
  return {
    say: (lines) => {
      const all = lines.flatMap((line) => wrapped(line, width));
      log.message(all, { output: streams.output, spacing: 0 });
    },
    text: async (words, initial, refuse) =>
      answered(
        await text({
          ...streams,
          message: message(words),
          initialValue: initial,
          validate: (typed) => refuse((typed ?? '').trim()) ?? undefined,
        }),
      ).trim(),
    secret: async (words) => {
      // Nothing typed at all comes as undefined.
      const typed: string | undefined = answered(
        await password({ ...streams, message: message(words) }),
      );
      return (typed ?? '').trim();
    },
    choose: async (words, values, initial) =>
      answered(
        await select({
          ...streams,
          message: message(words),
          options: values.map((value) => ({ value })),
          initialValue: initial,
        }),
      ),
    sure: async (words) =>
      answered(await confirm({ ...streams, message: message(words), initialValue: true })),
  };
}
