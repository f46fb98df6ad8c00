// lifecycle track: one event of one person, to the Pipelines API.

import type { Command } from 'commander';

import type { Properties } from '../../person/moment.ts';
import { EXIT, usageError } from '../terminal/cli-error.ts';
import { collect, command, does } from '../terminal/command.ts';
import { fieldsOf, needPairs } from '../terminal/pairs.ts';
import { checkUserId, land, stamped } from './by-hand.ts';

type Options = {
  readonly userId: string;
  readonly event: string;
  readonly property: readonly string[];
  readonly data?: string;
  readonly force?: boolean;
};

const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

export function trackCommand(): Command {
  const made = command('track', 'record one event of one person', [
    'track --user-id user_2abc --event plan_upgraded --property to_plan=pro --property mrr=49',
  ])
    .requiredOption('--user-id <id>', 'the Clerk user id')
    .requiredOption('--event <name>', 'snake_case, as campaigns expect it')
    .option('--property <k=v>', 'one property; may be repeated', collect, [])
    .option('--data <file>', 'a JSON object of properties; - reads standard input')
    .option('--force', 'take an email for a user id, or any event name');
  return does<Options>(made, async (session, { options }) => {
    const { userId, event, property, data, force = false } = options;
    checkUserId(userId, force);
    checkEvent(event, force);
    const files = data === undefined ? [] : [data];
    const properties = fieldsOf([...files, ...needPairs(property, '--property')], {
      option: '--data',
      pairs: '--property',
    }) as Properties;
    const message = { type: 'track', userId, event, properties, ...stamped(Date.now()) } as const;
    await land(session, message);
    session.out.result(
      { landed: 'track', userId, event, messageId: message.messageId },
      `Tracked ${event} of ${userId}.`,
    );
    return EXIT.ok;
  });
}

function checkEvent(event: string, isForced: boolean): void {
  if (isForced || SNAKE_CASE.test(event)) return;
  throw usageError(
    `"${event}" is not snake_case, and names are case-sensitive: a campaign would not see it.`,
    'Write it like plan_upgraded, or use --force for a name that really is so.',
  );
}
