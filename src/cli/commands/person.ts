// lifecycle person: one person as the relay sees them.

import type { Command } from 'commander';

import type { Rejected } from '../../apis/ask-json.ts';
import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { isOrganization } from '../../person/owner.ts';
import { CliError, EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { bold, table } from '../terminal/output.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';
import { exportPerson } from './export-person.ts';

type Options = { readonly worker?: string; readonly export?: boolean };

type Row = AnswerOf<typeof ADMIN.person, 200>['messages'][number];

export function personCommand(): Command {
  const made = command('person <user>', 'one person as the relay sees them', [
    'person user_2abc',
    'person user_2abc --json   (with all facets)',
    'person user_2abc --export > ada.json   (all that is held about them)',
  ])
    .option('--export', 'all that is held about them, in any table, as one JSON document')
    .option(...WORKER);
  return does<Options>(made, async (session, { args: [userId = ''], options }) => {
    if (isOrganization(userId) && options.export !== true) {
      throw new CliError(`${userId} is an organization.`, {
        exitCode: EXIT.usage,
        todo: `lifecycle organization ${userId}`,
      });
    }
    if (options.export === true) return exportPerson(session, userId, options.worker);
    const request = { route: ADMIN.person, parts: { userId } };
    const person = await relayValue(session, options.worker, request, (rejected) =>
      unknownOf(rejected, userId),
    );
    const { traits, messages } = person;
    session.out.result(person, [
      bold(userId),
      table(
        ['trait', 'value'],
        Object.entries(traits).map(([name, value]) => [name, shown(value)]),
      ),
      '',
      messages.length === 0
        ? 'No message of theirs is kept.'
        : table(['when', 'message', 'landed'], messages.map(rowOf)),
    ]);
    return EXIT.ok;
  });
}

function unknownOf({ status }: Rejected, userId: string): CliError | null {
  switch (status) {
    case 404:
      return new CliError(`The relay has never heard of ${userId}.`, {
        todo: 'Ids are case-sensitive. Does Clerk send to this Worker?',
      });
    case 410:
      return new CliError(`${userId} was deleted; nothing but a hash of the id is left.`);
    default:
      return null;
  }
}

function rowOf({ message, isDelivered, isHeld }: Row): string[] {
  const waits = isHeld ? 'held' : 'not yet';
  const landed = isDelivered ? 'yes' : waits;
  return [shown(message['timestamp']), shown(message['event'] ?? message['type']), landed];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '-');
}
