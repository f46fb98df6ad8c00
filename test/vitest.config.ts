// Two projects: Node for pure code and for the Worker seen from outside, workerd for the Durable Objects.

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          root: 'test',
          include: ['{person,intake,customerio,emulator,config}/**/*.test.ts'],
        },
      },
    ],
  },
});
