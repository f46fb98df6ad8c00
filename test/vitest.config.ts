// Three projects: Node for pure code, Node for whole processes seen from outside, workerd for the Durable Objects. A new
// folder is in `pure` by itself: what another project runs is excluded there, and nothing is listed.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Folders whose tests start real processes. */
const PROCESSES = '{attack,cli,console,flow,fuzz,newcomer,torture}/**/*.test.ts';
const IN_WORKERD = 'worker/**/*.test.ts';

/** Generous everywhere: a limit ends what hangs, and measures nothing. */
const LIMITS = { testTimeout: 600_000, hookTimeout: 600_000 };

const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    // .ci/run counts from the JSON report.
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      {
        test: {
          ...LIMITS,
          name: 'pure',
          root: 'test',
          include: ['**/*.test.ts'],
          exclude: [PROCESSES, IN_WORKERD],
          setupFiles: ['simulation/every-plan.ts'],
          // One file a core; the projects run one after the other.
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...LIMITS,
          name: 'process',
          root: 'test',
          include: [PROCESSES],
          // Several processes a test are enough for two cores: one file at a time.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        plugins: [
          cloudflareTest({
            // Not what wrangler.toml points at, which is built from it.
            main: '../src/index.ts',
            wrangler: { configPath: '../wrangler.toml' },
            miniflare: {
              bindings: {
                CUSTOMERIO_TRACK_TOKEN: 'test-key',
                CUSTOMERIO_PIPELINES_URL: 'https://pipelines.test/v1',
                CUSTOMERIO_APP_TOKEN: 'app-key',
                CUSTOMERIO_APP_URL: 'https://app.test/v1',
                // Moments that no other test of a shard tells.
                EMAILS:
                  '{"payment_method_updated":12,"refund_issued":{"id":"refund","send_to_unsubscribed":true}}',
                CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
                STRIPE_WEBHOOK_SECRET: 'whsec_of_a_test_in_workerd',
                SHARDS: '1',
                RATE_LIMIT: '1000',
                // Alarms are run by hand: none fires by itself within a test.
                LINGER_MS: '60000',
              },
            },
          }),
        ],
        test: {
          ...LIMITS,
          name: 'worker',
          root: 'test',
          include: [IN_WORKERD],
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
