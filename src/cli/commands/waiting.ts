// lifecycle waiting list: events whose person nobody knows yet, and why.

import type { Command } from 'commander';

import { ADMIN } from '../../console/contract.ts';
import { codeOf } from '../../watch/codes.ts';
import { EXIT } from '../terminal/cli-error.ts';
import { command, does } from '../terminal/command.ts';
import { table } from '../terminal/output.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';

export function waitingCommand(): Command {
  const list = command('list', 'customers without a person: how many events, since when, why', [
    'waiting list',
  ]).option(...WORKER);
  return command('waiting', 'list events that wait for their person', ['waiting list']).addCommand(
    does<{ worker?: string }>(list, async (session, { options }) => {
      const request = { route: ADMIN.waiting };
      const { waiting } = await relayValue(session, options.worker, request);
      const rows = waiting.map(({ waitsFor, events, since, why, detail, nextLookUpAt }) => [
        waitsFor,
        String(events),
        since,
        detail === null ? why : `${why} (${detail})`,
        nextLookUpAt ?? '-',
      ]);
      session.out.result(
        { waiting },
        rows.length === 0
          ? 'Nothing waits.'
          : [
              table(['customer', 'events', 'since', 'why', 'next look-up'], rows),
              ...sentences(waiting.map(({ why }) => why)),
              // A charge has no link of its own: only its customer has.
              ...(waiting.some(({ waitsFor }) => /^(cus|cs)_/.test(waitsFor))
                ? ['Link one by hand: lifecycle link cus_... user_...']
                : []),
              ...(waiting.some(({ why }) => why.endsWith('_unconfirmed'))
                ? ['Unconfirmed: a buyer typed whose it is. Compare the payment at Stripe first.']
                : []),
            ],
      );
      return EXIT.ok;
    }),
  );
}

/** The sentence alone: what to do about a customer stands below the table once. */
function sentences(whys: readonly string[]): string[] {
  return [...new Set(whys)].flatMap((why) => {
    const code = codeOf(why);
    return code === null ? [] : [`${why}: ${code.sentence}`];
  });
}
