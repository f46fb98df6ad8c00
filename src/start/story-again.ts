// npm run story: tells the story to the Worker that `npm start` has running.

import { savedSecrets } from '../samples/saved-secrets.ts';
import { StartError } from './children.ts';
import { emulatorAt } from './landed.ts';
import { optionsOf, portIn, STORY_OPTIONS, STORY_USAGE, UsageError } from './options.ts';
import { tell } from './tell.ts';
import { withReason } from './told-text.ts';

try {
  await tellAgain();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? error.exitCode : 1;
}

async function tellAgain(): Promise<void> {
  const values = optionsOf(STORY_OPTIONS, STORY_USAGE);
  if (values.help) {
    console.log(STORY_USAGE);
    return;
  }
  const workerUrl = `http://localhost:${portIn(values.port, '--port')}`;
  const emulatorUrl = `http://127.0.0.1:${portIn(values['emulator-port'], '--emulator-port')}`;
  await needStage(workerUrl, emulatorUrl);
  const textOf = withReason();
  for await (const told of tell({ workerUrl, emulatorUrl, secrets: savedSecrets() })) {
    console.log(textOf(told).join('\n'));
    if (!told.isComplete) process.exitCode = 1;
  }
}

/** A Worker without the emulator beside it forwards to somebody's workspace. */
async function needStage(workerUrl: string, emulatorUrl: string): Promise<void> {
  const isWorkerThere = await fetch(`${workerUrl}/healthz`).then(
    async (response) => {
      await response.body?.cancel();
      return true;
    },
    () => false,
  );
  if (await emulatorAt(emulatorUrl)) {
    if (isWorkerThere) return;
    throw new StartError(`No Worker runs at ${workerUrl}: start it first, with npm start`);
  }
  throw new StartError(
    isWorkerThere
      ? `The Worker at ${workerUrl} runs without the emulated Customer.io at ${emulatorUrl}: it may forward for real, so no story is told.`
      : 'Nothing is running on these ports: start it first, in another terminal, with npm start',
  );
}
