// Two projects: Node for pure code and for the Worker seen from outside, workerd for the Durable Objects.

import { defineConfig } from 'vitest/config';

const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    // .ci/run counts from the JSON report.
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        test: {
          name: 'node',
          root: 'test',
          include: ['{person,intake,customerio,emulator,outbox,config}/**/*.test.ts'],
        },
      },
    ],
  },
});
