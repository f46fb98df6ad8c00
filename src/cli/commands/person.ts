// lifecycle person: one person as the relay sees them.

import type { Command } from 'commander';
import * as z from 'zod';

import { CliError, EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { bold, table } from '../terminal/output.ts';
import { relay, relayParty } from '../terminal/relay-api.ts';
import { failureOf } from '../terminal/say.ts';
import { relayUrl } from '../terminal/session.ts';

const PersonView = z.object({
  person: z.record(z.string(), z.unknown()),
  traits: z.record(z.string(), z.unknown()),
  messages: z
    .array(
      z.object({
        isDelivered: z.boolean().default(false),
        message: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
});
type Row = z.infer<typeof PersonView>['messages'][number];

export function personCommand(): Command {
  const made = command('person <user>', 'one person as the relay sees them', [
    'person user_2abc',
    'person user_2abc --json   (with all facets)',
  ]).option('--worker <url>', 'the Worker (default: RELAY_URL, else http://localhost:8787)');
  return does<{ worker?: string }>(made, async (session, { args: [user = ''], options }) => {
    const path = `/admin/people/${encodeURIComponent(user)}`;
    const request = { method: 'GET', path, schema: PersonView } as const;
    const answer = await relay(session, options.worker, request);
    if (answer.kind === 'rejected' && answer.status === 404) {
      throw new CliError(`The relay has never heard of ${user}.`, {
        todo: 'Ids are case-sensitive. Does Clerk send to this Worker?',
      });
    }
    if (answer.kind === 'rejected' && answer.status === 410) {
      throw new CliError(`${user} was deleted; nothing but a hash of the id is left.`);
    }
    if (answer.kind !== 'ok') {
      throw failureOf(answer, relayParty(relayUrl(session, options.worker)));
    }
    const { traits, messages } = answer.value;
    session.out.result(answer.value, [
      bold(user),
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

function rowOf({ message, isDelivered }: Row): string[] {
  const landed = isDelivered ? 'yes' : 'not yet';
  return [shown(message['timestamp']), shown(message['event'] ?? message['type']), landed];
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '-');
}
