// lifecycle identify: one person and their traits, to the Pipelines API.

import type { Command } from 'commander';

import type { Traits } from '../../person/facet.ts';
import { EXIT } from '../terminal/cli-error.ts';
import { collect, command, does } from '../terminal/command.ts';
import { fieldsOf, needPairs } from '../terminal/pairs.ts';
import { checkUserId, land, stamped } from './by-hand.ts';

type Options = {
  readonly userId: string;
  readonly trait: readonly string[];
  readonly data?: string;
  readonly force?: boolean;
};

export function identifyCommand(): Command {
  const made = command('identify', 'write traits of one person', [
    'identify --user-id user_2abc --trait plan=pro --trait createdAt=1764000000',
    'identify --user-id user_2abc --data traits.json',
  ])
    .requiredOption('--user-id <id>', 'the Clerk user id')
    .option('--trait <k=v>', 'one trait; may be repeated', collect, [])
    .option('--data <file>', 'a JSON object of traits; - reads standard input')
    .option('--force', 'take an email for a user id');
  return does<Options>(made, async (session, { options }) => {
    const { userId, trait, data, force = false } = options;
    checkUserId(userId, force);
    const files = data === undefined ? [] : [data];
    // What was typed is JSON; what Customer.io makes of it is its own affair.
    const traits = fieldsOf([...files, ...needPairs(trait, '--trait')], {
      option: '--data',
      pairs: '--trait',
    }) as Traits;
    const message = { type: 'identify', userId, traits, ...stamped(Date.now()) } as const;
    await land(session, message);
    const names = Object.keys(traits);
    session.out.result(
      { landed: 'identify', userId, traits: names, messageId: message.messageId },
      `Identified ${userId}${names.length === 0 ? ', without traits' : `: ${names.join(', ')}`}.`,
    );
    return EXIT.ok;
  });
}
