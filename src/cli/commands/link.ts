// lifecycle link: says by hand whose a Stripe customer is; what waits for it is released.

import type { Command } from 'commander';
import * as z from 'zod';

import { CliError, EXIT } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { command, does } from '../terminal/command.ts';
import { relay, relayParty } from '../terminal/relay-api.ts';
import type { RelayRequest } from '../terminal/relay-api.ts';
import { failureOf } from '../terminal/say.ts';
import { relayUrl } from '../terminal/session.ts';
import type { Session } from '../terminal/session.ts';

type Options = { readonly worker?: string; readonly forget?: boolean };

const Anything = z.unknown();

export function linkCommand(): Command {
  const made = command('link <customer> [user]', 'say whose a Stripe customer is', [
    'link cus_9s6XKzkNRiz8i3 user_2abc',
    'link cus_9s6XKzkNRiz8i3 --forget',
  ])
    .option('--forget', 'forget the link instead')
    .option('--worker <url>', 'the Worker (default: RELAY_URL, else http://localhost:8787)');
  return does<Options>(made, async (session, { args: [customer = '', user], options }) => {
    const isForgetting = options.forget === true;
    checkIds(customer, user, isForgetting);
    const path = `/admin/links/${encodeURIComponent(customer)}`;
    const request: RelayRequest<unknown> = isForgetting
      ? { method: 'DELETE', path, schema: Anything }
      : {
          method: 'POST',
          path: '/admin/links',
          json: { customerId: customer, userId: user },
          schema: Anything,
        };
    return answered(session, request, { options, customer, user: user ?? '' });
  });
}

async function answered(
  session: Session,
  request: RelayRequest<unknown>,
  about: { readonly options: Options; readonly customer: string; readonly user: string },
): Promise<ExitCode> {
  const { options, customer, user } = about;
  const answer = await relay(session, options.worker, request);
  if (answer.kind === 'rejected' && answer.status === 404) {
    throw new CliError(`${customer} has no link.`, {
      todo: 'Is it this Worker, and the right mode?',
    });
  }
  if (answer.kind === 'rejected' && answer.status === 409) {
    throw new CliError(`${user} was deleted and stays so: nothing can be linked to them.`);
  }
  if (answer.kind !== 'ok') throw failureOf(answer, relayParty(relayUrl(session, options.worker)));
  const isForgotten = options.forget === true;
  session.out.result(
    isForgotten ? { forgotten: customer } : { customerId: customer, userId: user },
    isForgotten
      ? `${customer} is nobody's now; its next events wait.`
      : `${customer} is ${user}. What waited for it is on its way.`,
  );
  return EXIT.ok;
}

function checkIds(customer: string, user: string | undefined, isForgetting: boolean): void {
  if (!/^cus_\w+$/.test(customer)) {
    throw new CliError(`"${customer}" is no Stripe customer id.`, {
      ...USAGE,
      todo: 'It looks like cus_9s6XKzkNRiz8i3.',
    });
  }
  if (isForgetting || /^user_\w+$/.test(user ?? '')) return;
  throw new CliError(user === undefined ? 'Whose is it?' : `"${user}" is no Clerk user id.`, {
    ...USAGE,
    todo: 'lifecycle link cus_... user_...',
  });
}

const USAGE = { exitCode: EXIT.usage };
