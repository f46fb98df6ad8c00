// What `npm start` runs first: plain JavaScript, so that a Node too old for TypeScript can still say so.

import { existsSync } from 'node:fs';

const NODE_MAJOR_MIN = 22;
const major = Number(process.versions.node.split('.')[0]);

if (!existsSync('node_modules/wrangler')) {
  console.error('The packages are not installed yet. Run: npm ci && npm start');
  process.exitCode = 1;
} else if (major < NODE_MAJOR_MIN) {
  console.error(
    `This is Node ${process.versions.node}; ${NODE_MAJOR_MIN} or newer is needed. Run it through npm, which brings its own: npm start`,
  );
  process.exitCode = 1;
} else {
  await import('./start.ts');
}
