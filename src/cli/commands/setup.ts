// lifecycle setup: asks for what is missing, tries each key, makes the Stripe endpoint, keeps the secrets, and ends with the
// doctor's checks. Without a terminal it asks nothing and works with what flags and environment say.

import { setTimeout as sleep } from 'node:timers/promises';

import { intro, outro } from '@clack/prompts';
import type { Command } from 'commander';

import { report } from '../doctor/report.ts';
import { terminalAsker } from '../setup/asker.ts';
import type { SetupOptions } from '../setup/run.ts';
import { setUp } from '../setup/setup.ts';
import { runWrangler } from '../setup/worker-step.ts';
import { EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { isTerminal } from '../terminal/prompt.ts';

type Options = SetupOptions & { readonly input: boolean };

export function setupCommand(): Command {
  const made = command('setup', 'ask for keys, check them, make the Stripe endpoint', [
    'setup',
    'setup --worker https://lifecycle-relay.you.workers.dev --no-input   (keys from .dev.vars or the environment)',
  ])
    .option('--to, --worker <url>', 'where the Worker is (default: RELAY_URL); it is kept')
    .option('--region <region>', "Customer.io's: us or eu, written to wrangler.toml")
    .option('--add-events', 'add what an existing Stripe endpoint does not send')
    .option('--put-secrets', 'put the secrets to the deployed Worker, by wrangler')
    .option('--send-test', 'send a signed test webhook through it; no person is made')
    .option('--no-input', 'ask nothing');
  return does<Options>(made, async (before, { options }) => {
    const isAsking = options.input && isTerminal() && !before.out.isJson;
    if (isAsking) intro('Lifecycle Relay: set-up. Each answer is kept once it is checked.');
    const { session, checks, todo } = await setUp(before, {
      ask: isAsking ? terminalAsker() : null,
      options,
      world: { wrangler: runWrangler, wait: (ms) => sleep(ms) },
    });
    const exit = report(session.out, checks, todo);
    if (isAsking) {
      outro(
        exit === EXIT.ok
          ? 'Done. lifecycle doctor checks all of it at any time.'
          : 'Not all is well yet: see the PROBLEMs above.',
      );
    }
    return exit;
  });
}
