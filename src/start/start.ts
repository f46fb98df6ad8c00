// npm start: everything on one machine. Without accounts: a Customer.io emulator, the real Worker in workerd, and one
// customer's story. With a real Customer.io key in .dev.vars: the Worker alone, forwarding for real, and no story:
// invented people are never sent to somebody's workspace.

import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { makeSecrets } from '../samples/saved-secrets.ts';
import { writeSecretFile } from '../samples/secret-file.ts';
import type { Secrets } from '../samples/send-webhook.ts';
import { crashed, needPort, ready, readyAt, StartError, startNode, stop } from './children.ts';
import type { Child } from './children.ts';
import { tell } from './tell.ts';
import type { Told } from './tell.ts';

const FOLDER = '.wrangler/start';
const VARS_FILE = `${FOLDER}/dev.vars`;

const { values } = parseArgs({
  options: {
    once: { type: 'boolean', default: false },
    port: { type: 'string', default: '8787' },
    'emulator-port': { type: 'string', default: '8790' },
  },
});

const children: Child[] = [];

process.on('SIGINT', () => end(0));
process.on('SIGTERM', () => end(0));

try {
  await (isForReal() ? runForReal() : runWithEmulator());
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`\n${error.message}`);
  end(1);
}

/** A Customer.io key without an address of its own means the real Customer.io. */
function isForReal(): boolean {
  if (!existsSync('.dev.vars')) return false;
  const vars = readFileSync('.dev.vars', 'utf8');
  const hasToken = /^\s*CUSTOMERIO_TRACK_TOKEN\s*=\s*["']?[^\s"']/m.test(vars);
  return hasToken && !/^\s*CUSTOMERIO_PIPELINES_URL\s*=\s*["']?[^\s"']/m.test(vars);
}

async function runForReal(): Promise<void> {
  if (values.once) {
    throw new StartError(
      '.dev.vars has a Customer.io key, so no story is played: it would send invented people to a real workspace.\nMove .dev.vars away to try the story.',
    );
  }
  const url = await startWorker([]);
  console.log(`Lifecycle Relay forwards to your Customer.io workspace.\n`);
  console.log(`  Clerk   ${url}/webhooks/clerk`);
  console.log(`  Stripe  ${url}/webhooks/stripe`);
  console.log(`  health  ${url}/healthz\n\nCtrl-C stops it.`);
  watch();
}

async function runWithEmulator(): Promise<void> {
  console.log('Starting Customer.io (emulated) and the Worker ...');
  const token = 'local-emulator-key';
  const emulatorUrl = await startEmulator(token);
  const secrets = makeSecrets();
  writeSecretFile(
    VARS_FILE,
    [
      `CLERK_WEBHOOK_SIGNING_SECRET=${secrets.clerk}`,
      `STRIPE_WEBHOOK_SECRET=${secrets.stripe}`,
      `ADMIN_TOKEN=${secrets.admin}`,
      `CUSTOMERIO_TRACK_TOKEN=${token}`,
      `CUSTOMERIO_PIPELINES_URL=${emulatorUrl}/v1`,
      '',
    ].join('\n'),
  );
  const workerUrl = await startWorker(['--env-file', VARS_FILE, '--persist-to', `${FOLDER}/state`]);
  const isComplete = await tellAll(workerUrl, emulatorUrl, secrets);
  if (values.once) end(isComplete ? 0 : 1);
  explain(workerUrl, emulatorUrl);
  watch();
}

async function startEmulator(token: string): Promise<string> {
  const port = Number(values['emulator-port']);
  await needPort(port, '--emulator-port');
  const args = ['test/emulator/main.ts', '--port', String(port), '--token', token];
  const child = startNode('emulator', args);
  children.push(child);
  return ready(child, async () => {
    const line = child.log.find((each) => each.startsWith('{"url"'));
    return line === undefined ? null : (JSON.parse(line) as { url: string }).url;
  });
}

async function startWorker(args: readonly string[]): Promise<string> {
  const port = Number(values.port);
  await needPort(port, '--port');
  const wrangler = 'node_modules/wrangler/bin/wrangler.js';
  const options = ['--port', String(port), '--show-interactive-dev-session=false', ...args];
  const child = startNode('Worker', [wrangler, 'dev', ...options], { CI: '1' });
  children.push(child);
  const url = `http://localhost:${port}`;
  await readyAt(child, `${url}/healthz`);
  return url;
}

async function tellAll(workerUrl: string, emulatorUrl: string, secrets: Secrets): Promise<boolean> {
  console.log('\nOne customer, from sign-up to goodbye: webhook → what landed at Customer.io\n');
  let isComplete = true;
  for await (const told of tell({ workerUrl, emulatorUrl, secrets })) {
    printTold(told);
    isComplete &&= told.isComplete;
  }
  console.log(
    isComplete ? '\nAll of it landed.' : '\nNot all of it landed: see the rows marked with !',
  );
  return isComplete;
}

function printTold({ title, sent, landed, ms, isComplete }: Told): void {
  const mark = isComplete ? ' ' : '!';
  const rows = Math.max(sent.length, landed.length, 1);
  for (let row = 0; row < rows; row += 1) {
    const head = row === 0 ? title : '';
    const time = row === 0 ? `${String(ms).padStart(6)} ms` : '';
    const line = [
      `${row === 0 ? mark : ' '} ${head.padEnd(26)}`,
      (sent[row] ?? '').padEnd(44),
      (landed[row] ?? '').padEnd(24),
      time,
    ];
    console.log(line.join(' ').trimEnd());
  }
}

function explain(workerUrl: string, emulatorUrl: string): void {
  console.log(`
  Clerk webhooks    ${workerUrl}/webhooks/clerk
  Stripe webhooks   ${workerUrl}/webhooks/stripe
  health            ${workerUrl}/healthz
  what has landed   ${emulatorUrl}/_emulator/state
  operate it        npx --no-install lifecycle status${values.port === '8787' ? '' : ` --worker ${workerUrl}`}   (or parked list, waiting list, link, person)

Tell the story once more, from another terminal:
  npm run story -- --port ${values.port} --emulator-port ${values['emulator-port']}

Ctrl-C stops everything.`);
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
  process.exit(code);
}
