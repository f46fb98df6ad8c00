// npm run test:live: what Customer.io's documentation leaves open, asked of Customer.io itself. Opt-in, never in CI: it
// writes into the workspace whose keys it is given, so that has to be one to throw away. It prints a table for
// src/README.md; what it cannot see it calls unknown.

import { parseArgs } from 'node:util';

import { readSettings } from '../../src/cli/terminal/settings.ts';
import { PROBES } from './probes.ts';
import type { Live } from './probes.ts';

const { values } = parseArgs({
  options: {
    'yes-this-workspace-is-to-throw-away': { type: 'boolean', default: false },
    'settle-seconds': { type: 'string', default: '30' },
  },
});

const { config, problems } = await readSettings({
  varsFile: '.dev.vars',
  environment: process.env,
  flags: [],
});
const token = config?.customerio.token ?? null;

if (config === null || token === null || !values['yes-this-workspace-is-to-throw-away']) {
  console.error(
    [
      ...problems,
      'This writes invented people into a Customer.io workspace. It needs',
      '  CUSTOMERIO_TRACK_TOKEN    the Pipelines key of a workspace to throw away',
      '  CUSTOMERIO_APP_TOKEN      to read back what became of it (else much stays unknown)',
      '  CUSTOMERIO_SITE_ID, LIVE_TRACK_API_KEY   the Track pair, for one of the questions',
      'and then: npm run test:live -- --yes-this-workspace-is-to-throw-away',
    ].join('\n'),
  );
  process.exit(2);
}

const live: Live = {
  pipelines: { baseUrl: config.customerio.baseUrl, token, siteId: null },
  app:
    config.customerio.appToken === null
      ? null
      : { baseUrl: config.customerio.appUrl, token: config.customerio.appToken },
  trackPair:
    config.customerio.siteId === null || process.env['LIVE_TRACK_API_KEY'] === undefined
      ? null
      : { siteId: config.customerio.siteId, key: process.env['LIVE_TRACK_API_KEY'] },
  settleMs: Number(values['settle-seconds']) * 1000,
  tag: Date.now().toString(36),
};

console.log('| question | answer |\n|---|---|');
for (const { question, ask } of PROBES) {
  const answer = await ask(live).catch((error: unknown) => `unknown: ${String(error)}`);
  console.log(`| ${question} | ${answer.replaceAll('|', '\\|').replaceAll('\n', ' ')} |`);
}
