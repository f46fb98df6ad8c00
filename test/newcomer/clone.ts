// A clean clone, as a newcomer has it: what a commit of everything that is here now would hold. And what the README says to
// type there.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

import { newFolder } from '../support/processes.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export type Clone = {
  readonly folder: string;
  /** Beside it, and as new: npm keeps there what it links to the clone. */
  readonly home: string;
  /** Nothing of this machine's, so neither its keys nor its npm get in. */
  readonly env: Readonly<Record<string, string>>;
};

/** Instead of `npm ci` the packages are those of this checkout, by a link: no registry is asked. */
export function cleanClone(): Clone {
  const [folder, home] = [newFolder('newcomer'), newFolder('newcomer-home')];
  const listing = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = execFileSync('git', listing, { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const file of files.filter((each) => each !== '' && existsSync(path.join(ROOT, each)))) {
    cpSync(path.join(ROOT, file), path.join(folder, file));
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
  return { folder, home, env: environmentOf(home) };
}

export function forget({ folder, home }: Clone): void {
  for (const each of [folder, home]) rmSync(each, { recursive: true, force: true, maxRetries: 5 });
}

function environmentOf(home: string): Record<string, string> {
  // npm puts the packages' own commands in front: a newcomer's shell has none of them.
  const places = (process.env['PATH'] ?? '').split(path.delimiter);
  const own = places.filter((place) => !place.endsWith(path.join('node_modules', '.bin')));
  const system = ['SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(system),
    PATH: own.join(path.delimiter),
    HOME: home,
    USERPROFILE: home,
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    npm_config_update_notifier: 'false',
    WRANGLER_SEND_METRICS: 'false',
  };
}

/** What the README's shell blocks say to type, one command after the other, without what is said about it. */
export function commandsInReadme(): string[] {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```sh\n([^]*?)```/g)];
  const lines = blocks.flatMap(([, block = '']) => block.split('\n'));
  return lines
    .flatMap((line) => line.replace(/(^|\s+)#.*$/, '').split(' && '))
    .filter((command) => command !== '');
}

/** The command, where the README has it word for word. */
export function typed(command: string): string {
  if (commandsInReadme().includes(command)) return command;
  throw new Error(`the README does not say to type: ${command}`);
}
