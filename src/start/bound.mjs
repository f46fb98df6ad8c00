// Runs a Node script that ends with whoever started this: their end of the pipe on standard input closes when they are gone,
// however they went. A closed window and a killed parent send no signal that reaches here. Plain JavaScript, quick to start.

import { spawn } from 'node:child_process';

const FORCE_AFTER_MS = 5_000;

const child = spawn(process.execPath, process.argv.slice(2), {
  stdio: ['ignore', 'inherit', 'inherit'],
});

child.once('error', () => process.exit(1));
child.once('exit', (code) => process.exit(code ?? 1));
process.stdin.once('close', endAll).resume();
// The first one is for all of the group; the exit follows the child's.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));

function endAll() {
  if (process.platform === 'win32') {
    // There are no process groups: the tree is ended by its root.
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), FORCE_AFTER_MS).unref();
}

/** This process is the leader of its group. */
function signalGroup(signal) {
  try {
    process.kill(-process.pid, signal);
  } catch {
    child.kill(signal);
  }
}
