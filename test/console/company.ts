// The real Worker behind emulators, with a company's story up to its last step, for tests and pictures of organizations.

import { companyStory } from '../../src/samples/company-story.ts';
import { startAppApi } from '../emulator/app-api.ts';
import { startEmulator } from '../emulator/server.ts';
import { emulatorClient } from '../support/emulator.ts';
import { delivered, post, startRelay } from '../support/relay.ts';

export type Company = Awaited<ReturnType<typeof openCompany>>;

const NOW = Math.floor(Date.now() / 1000);

export async function openCompany() {
  const server = await startEmulator({ token: 'company-key' });
  const app = await startAppApi({ token: 'app-key' });
  const relay = await startRelay({
    ORGANIZATIONS: 'on',
    CUSTOMERIO_TRACK_TOKEN: 'company-key',
    CUSTOMERIO_PIPELINES_URL: `${server.url}/v1`,
    CUSTOMERIO_APP_TOKEN: 'app-key',
    CUSTOMERIO_APP_URL: app.appUrl,
    EMAILS: JSON.stringify({ payment_failed: { id: 'dunning', every_hours: 0 } }),
    LINGER_MS: '50',
    SHARDS: '2',
  });
  const { steps, organizationId } = companyStory('acme', NOW);
  for (const { webhooks } of steps.slice(0, -1)) {
    for (const { provider, body } of webhooks) await post(relay, provider, body);
    if (!(await delivered(relay))) throw new Error('the company has not landed');
  }
  const close = async () => {
    await relay.close();
    await server.close();
    await app.close();
  };
  return { relay, app, emulator: emulatorClient(server.url), organizationId, close };
}
