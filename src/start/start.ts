// npm start: everything on one machine. Without accounts: a Customer.io emulator, the real Worker in workerd, and one
// customer's story. With a real Customer.io key in .dev.vars: the Worker alone, forwarding for real, and no story:
// invented people are never sent to somebody's workspace.

import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

import { feedText } from '../cli/feed/feed-text.ts';
import { openFeed } from '../cli/feed/feed.ts';
import { makeSecrets } from '../samples/saved-secrets.ts';
import { writeSecretFile } from '../samples/secret-file.ts';
import { crashed, needPort, ready, readyAt, StartError, startNode, stop } from './children.ts';
import type { Child } from './children.ts';
import { APP_TOKEN, commandAt, companyVars } from './company.ts';
import type { Emulated } from './company.ts';
import { forgetRunning, needNoEarlier, noteRunning } from './earlier.ts';
import { optionsOf, portIn, START_OPTIONS, START_USAGE, storyIn, UsageError } from './options.ts';
import { tell, tellOfCompany, tellOfSomebody } from './tell.ts';
import type { Told } from './tell.ts';
import { withReason } from './told-text.ts';

const FOLDER = '.wrangler/start';
const VARS_FILE = `${FOLDER}/dev.vars`;

/** What may be taken from the file of --with: nothing that reaches anybody. */
const SIGNING = [
  'CLERK_WEBHOOK_SIGNING_SECRET',
  'CLERK_WEBHOOK_SECRET',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_SVIX_SIGNING_SECRET',
];

/** Signs a browser on this machine in, once. */
const CONSOLE_LINK = crypto.randomUUID();

const children: Child[] = [];
const options = readOptions();

// A closed window is SIGHUP; its children end by their pipe, too, whatever becomes of us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));

try {
  await needNoEarlier();
  noteRunning(options.port);
  const isEmulated = options.with !== null || !isForReal();
  await (isEmulated ? runWithEmulator() : runForReal());
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`\n${error.message}`);
  end(1);
}

function readOptions() {
  try {
    const values = optionsOf(START_OPTIONS, START_USAGE);
    if (values.help) {
      console.log(START_USAGE);
      process.exit(0);
    }
    return {
      isOnce: values.once,
      port: portIn(values.port, '--port'),
      emulatorPort: portIn(values['emulator-port'], '--emulator-port'),
      story: storyIn(values.story),
      with: values.with === undefined ? null : signingIn(values.with),
    };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(error.exitCode);
  }
}

/** The lines of the file that verify webhooks. */
function signingIn(file: string): readonly string[] {
  if (!existsSync(file)) throw new UsageError(`--with ${file}: there is no such file.`);
  const vars = parseEnv(readFileSync(file, 'utf8'));
  const lines = SIGNING.flatMap((name) => (vars[name] ? [`${name}=${vars[name]}`] : []));
  if (lines.length > 0) return lines;
  throw new UsageError(
    `--with ${file}: it holds no signing secret (${SIGNING[0]}, ${SIGNING[2]}).`,
  );
}

/** A Customer.io key without an address of its own means the real Customer.io. */
function isForReal(): boolean {
  if (!existsSync('.dev.vars')) return false;
  const vars = readFileSync('.dev.vars', 'utf8');
  const hasToken = /^\s*CUSTOMERIO_TRACK_TOKEN\s*=\s*["']?[^\s"']/m.test(vars);
  return hasToken && !/^\s*CUSTOMERIO_PIPELINES_URL\s*=\s*["']?[^\s"']/m.test(vars);
}

async function runForReal(): Promise<void> {
  if (options.isOnce) {
    throw new StartError(
      '.dev.vars has a Customer.io key, so no story is played: it would send invented people to a real workspace.\nMove .dev.vars away to try the story.',
    );
  }
  const url = await startWorker([]);
  feed();
  console.log(`Lifecycle Relay forwards to your Customer.io workspace.\n`);
  console.log(`  Clerk   ${url}/webhooks/clerk`);
  console.log(`  Stripe  ${url}/webhooks/stripe`);
  console.log(`  health  ${url}/healthz`);
  console.log(
    `  console ${url}/console  (sign in with ADMIN_TOKEN of .dev.vars)\n\nCtrl-C stops it.`,
  );
  watch();
}

async function runWithEmulator(): Promise<void> {
  console.log('Starting Customer.io (emulated) and the Worker ...');
  const token = 'local-emulator-key';
  const emulated = await startEmulator(token);
  const secrets = makeSecrets();
  const ours = [
    `CLERK_WEBHOOK_SIGNING_SECRET=${secrets.clerk}`,
    `STRIPE_WEBHOOK_SECRET=${secrets.stripe}`,
  ];
  writeSecretFile(
    VARS_FILE,
    [
      ...(options.with ?? ours),
      ...(options.story === 'company' ? companyVars(emulated) : []),
      `ADMIN_TOKEN=${secrets.admin}`,
      `CONSOLE_LINK=${CONSOLE_LINK}`,
      `CUSTOMERIO_TRACK_TOKEN=${token}`,
      `CUSTOMERIO_PIPELINES_URL=${emulated.url}/v1`,
      '',
    ].join('\n'),
  );
  const workerUrl = await startWorker(['--env-file', VARS_FILE, '--persist-to', `${FOLDER}/state`]);
  const stage = { workerUrl, emulatorUrl: emulated.url, secrets };
  if (options.with !== null) {
    if (options.isOnce) end(0);
    explain(workerUrl, emulated.url, null);
  } else {
    const { isComplete, place } = await tellAll(stage, emulated);
    if (options.isOnce) end(isComplete ? 0 : 1);
    explain(workerUrl, emulated.url, place ?? `people/${await tellOfSomebody(stage)}`);
  }
  feed();
  watch();
}

async function startEmulator(token: string): Promise<Emulated> {
  const port = options.emulatorPort;
  await needPort(port, '--emulator-port');
  const args = ['test/emulator/main.ts', '--port', String(port), '--token', token];
  const more = options.story === 'company' ? ['--app-token', APP_TOKEN] : [];
  const child = startNode('emulator', [...args, ...more]);
  children.push(child);
  return ready(child, async () => {
    const line = child.log.find((each) => each.startsWith('{"url"'));
    return line === undefined ? null : (JSON.parse(line) as Emulated);
  });
}

async function startWorker(args: readonly string[]): Promise<string> {
  const { port } = options;
  await needPort(port, '--port');
  const wrangler = 'node_modules/wrangler/bin/wrangler.js';
  const dev = ['dev', '--port', String(port), '--show-interactive-dev-session=false', ...args];
  const child = startNode('Worker', [wrangler, ...dev], { CI: '1' });
  children.push(child);
  const url = `http://localhost:${port}`;
  await readyAt(child, `${url}/healthz`);
  return url;
}

type Stage = Parameters<typeof tell>[0];

/** `place`: where the console opens; null where who was told of is gone. */
async function tellAll(stage: Stage, { appUrl = '' }: Emulated) {
  if (options.story === 'person') {
    console.log('\nOne customer, from sign-up to goodbye: webhook → what landed at Customer.io\n');
    return { isComplete: await tellSteps(tell(stage)), place: null };
  }
  console.log('\nA company, from its founder on: webhook → what landed at Customer.io, for whom\n');
  const { organizationId, told } = tellOfCompany(stage, { appUrl, appToken: APP_TOKEN });
  return { isComplete: await tellSteps(told), place: `organizations/${organizationId}` };
}

async function tellSteps(steps: AsyncIterable<Told>): Promise<boolean> {
  const textOf = withReason();
  let isComplete = true;
  for await (const told of steps) {
    console.log(textOf(told).join('\n'));
    isComplete &&= told.isComplete;
  }
  console.log(
    isComplete ? '\nAll of it landed.' : '\nNot all of it landed: see what is marked with !',
  );
  return isComplete;
}

/** `place`: below the console. */
function explain(workerUrl: string, emulatorUrl: string, place: string | null): void {
  const { port, emulatorPort } = options;
  const again = `npm run story -- --port ${port} --emulator-port ${emulatorPort}`;
  const operate = 'npx --no-install lifecycle';
  const to = place === null ? '' : `?to=/console/${place}`;
  console.log(`
  Clerk webhooks    ${workerUrl}/webhooks/clerk
  Stripe webhooks   ${workerUrl}/webhooks/stripe
  health            ${workerUrl}/healthz
  what has landed   ${emulatorUrl}/_emulator/state

From another terminal:
  ${operate} send clerk user.created --to ${workerUrl}
  ${operate} status --worker ${workerUrl}
${commandAt(place, workerUrl)}  ${options.with === null ? again : 'stripe listen --forward-to localhost:' + port + '/webhooks/stripe'}

See it in the browser (this link signs you in once):
  ${workerUrl}/console/sign-in/${CONSOLE_LINK}${to}

Ctrl-C stops everything. What comes in from here on:
`);
}

/** One line per webhook, from the Worker's own log. */
function feed(): void {
  const { stdout } = process;
  const { hear } = openFeed((line) => {
    const look = { width: stdout.columns ?? 80, stream: stdout };
    console.log(feedText(line, look).join('\n'));
  });
  for (const child of children) child.hear((line) => hear(line, Date.now()));
}

/** Stays until Ctrl-C; a child that dies ends it with a sentence. */
function watch(): void {
  for (const child of children) {
    child.process.once('exit', () => {
      console.error(`\n${crashed(child)}`);
      end(1);
    });
  }
}

function end(code: number): never {
  for (const child of children) child.process.removeAllListeners('exit');
  for (const child of children) stop(child);
  forgetRunning();
  process.exit(code);
}
