#!/usr/bin/env node
// What `lifecycle` runs first: plain JavaScript, so that a Node too old for TypeScript can still say so.

import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

// The reader of our output may stop early, as `head` does: then there is nothing left to do.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const NODE_MAJOR_MIN = 22;
const major = Number(process.versions.node.split('.')[0]);
const packages = new URL('../../node_modules/', import.meta.url);

if (!existsSync(new URL('commander', packages))) {
  console.error('The packages are not installed yet. Run: npm ci');
  process.exitCode = 1;
} else if (major < NODE_MAJOR_MIN) {
  console.error(
    `This is Node ${process.versions.node}; ${NODE_MAJOR_MIN} or newer is needed. ${hint()}`,
  );
  process.exitCode = 1;
} else {
  // What was compiled once is kept: every later command starts in half the time.
  nodeModule.enableCompileCache?.();
  await import('./lifecycle.ts');
}

/** npm scripts run under the Node of the packages, had its install script run: with --ignore-scripts it has not. */
function hint() {
  return process.env['npm_lifecycle_event'] === undefined
    ? 'Run it through npm, which brings its own: npm run -s lifecycle -- --help'
    : 'npm has not run the install script of the package `node`: npm rebuild node (or install Node 22)';
}
