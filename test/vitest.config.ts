// Two projects: Node for pure code and for the Worker seen from outside, workerd for the Durable Objects.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
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
          include: [
            '{person,intake,customerio,apis,emulator,outbox,links,config,cli,watch,simulation,torture,fuzz,flow}/**/*.test.ts',
          ],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // Real processes share two cores and one clock: one file at a time.
          fileParallelism: false,
        },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: '../wrangler.toml' },
            miniflare: {
              bindings: {
                CUSTOMERIO_TRACK_TOKEN: 'test-key',
                CUSTOMERIO_PIPELINES_URL: 'http://pipelines.test/v1',
                CUSTOMERIO_APP_TOKEN: 'app-key',
                CUSTOMERIO_APP_URL: 'http://app.test/v1',
                // Moments that no other test of an object tells.
                EMAILS:
                  '{"payment_method_updated":12,"refund_issued":{"id":"refund","send_to_unsubscribed":true}}',
                CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
                STRIPE_WEBHOOK_SECRET: 'whsec_test',
                SHARDS: '1',
                RATE_LIMIT: '1000',
                // Alarms are run by hand: none fires by itself within a test.
                LINGER_MS: '60000',
              },
            },
          }),
        ],
        test: { name: 'worker', root: 'test', include: ['worker/**/*.test.ts'] },
      },
    ],
  },
});
