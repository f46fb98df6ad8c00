// npm run story: tells the story to the Worker that `npm start` has running.

import { parseArgs } from 'node:util';

import { savedSecrets } from '../samples/saved-secrets.ts';
import { tell } from './tell.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8787' },
    'emulator-port': { type: 'string', default: '8790' },
  },
});

try {
  const stage = {
    workerUrl: `http://localhost:${values.port}`,
    emulatorUrl: `http://127.0.0.1:${values['emulator-port']}`,
    secrets: savedSecrets(),
  };
  for await (const told of tell(stage)) {
    console.log(`${told.title}: ${told.landed.join(', ')} (${told.ms} ms)`);
    if (!told.isComplete) process.exitCode = 1;
  }
} catch {
  console.error(
    'Nothing is running on these ports: start it first, in another terminal, with npm start',
  );
  process.exit(1);
}
