// The emulator as a process: node test/emulator/main.ts --port 8790 --token T [--site-id S] [--app-token A]
// Prints one line of JSON, {"url": "http://127.0.0.1:8790"}, when it listens; with the App API's key also "appUrl".

import { parseArgs } from 'node:util';

import { startAppApi } from './app-api.ts';
import { startEmulator } from './server.ts';

const OBJECT_TYPES = [{ id: '1', name: 'Companies', enabled: true }];

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    token: { type: 'string' },
    'site-id': { type: 'string' },
    'app-token': { type: 'string' },
  },
});

if (values.token === undefined) {
  console.error('emulator: --token is needed: the key the Worker has as CUSTOMERIO_TRACK_TOKEN');
  process.exit(2);
}

try {
  const siteId = values['site-id'];
  const emulator = await startEmulator({
    port: Number(values.port),
    token: values.token,
    ...(siteId === undefined ? {} : { siteId }),
  });
  const appToken = values['app-token'];
  const app =
    appToken === undefined ? {} : await startAppApi({ token: appToken, objectTypes: OBJECT_TYPES });
  const appUrl = 'appUrl' in app ? { appUrl: app.appUrl } : {};
  console.log(JSON.stringify({ url: emulator.url, ...appUrl }));
} catch (error) {
  const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  console.error(isTaken ? `emulator: port ${values.port} is taken` : `emulator: ${String(error)}`);
  process.exit(1);
}
