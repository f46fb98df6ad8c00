// The options of `npm start` and `npm run story`: read, or a sentence that says what is wrong with them.

import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

import { StartError } from './children.ts';

const PORTS = {
  port: { type: 'string', default: '8787' },
  'emulator-port': { type: 'string', default: '8790' },
} as const;

export const START_OPTIONS = {
  ...PORTS,
  once: { type: 'boolean', default: false },
  with: { type: 'string' },
  story: { type: 'string', default: 'person' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const STORY_OPTIONS = {
  ...PORTS,
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export const START_USAGE = `How it is used: npm start -- [--port 8787] [--emulator-port 8790] [--once] [--story company]
                                 [--with .dev.vars]

  --port           where the Worker listens
  --emulator-port  where the emulated Customer.io listens
  --once           plays the story and ends: 0 when all of it landed
  --story company  a company's life instead of one person's, with organizations on
  --with FILE      takes the webhooks of your own test mode, by the signing secrets in FILE:
                   no story is played, and Customer.io stays emulated`;

export const STORY_USAGE = `How it is used: npm run story -- [--port 8787] [--emulator-port 8790]

  Tells the story once more, to what npm start has running on these ports.`;

/** Exits with 2, as everything that is used wrongly does. */
export class UsageError extends StartError {
  readonly exitCode = 2;
}

export function optionsOf<const Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
  usage: string,
  args: readonly string[] = process.argv.slice(2),
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const said = error instanceof Error ? (error.message.split(/[.\n]/)[0] ?? '') : '';
    throw new UsageError(`${said}.\n\n${usage}`);
  }
}

/** Which story is told. */
export function storyIn(text: string): 'person' | 'company' {
  if (text === 'person' || text === 'company') return text;
  throw new UsageError(`--story is person or company.`);
}

export function portIn(text: string, option: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`${option} needs a number from 1 to 65535.`);
}
