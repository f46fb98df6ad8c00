// What `npm start` runs first: plain JavaScript, so that a Node too old for TypeScript can still say so.

import { existsSync } from 'node:fs';

const NODE_MAJOR_MIN = 22;
const major = Number(process.versions.node.split('.')[0]);

if (!existsSync('node_modules/wrangler')) {
  console.error('The packages are not installed yet. Run: npm ci && npm start');
  process.exitCode = 1;
} else if (major < NODE_MAJOR_MIN) {
  console.error(
    `This is Node ${process.versions.node}; ${NODE_MAJOR_MIN} or newer is needed, which the packages bring. ${hint()}`,
  );
  process.exitCode = 1;
} else {
  await import('./start.ts');
}

/** Under npm it would have been that one, had its install script run: with --ignore-scripts it has not. */
function hint() {
  return process.env['npm_lifecycle_event'] === undefined
    ? 'Run it through npm: npm start'
    : 'npm has not run the install script of the package `node`: npm rebuild node && npm start (or install Node 22)';
}
