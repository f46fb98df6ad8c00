// lifecycle link: says by hand whose a Stripe customer is; what waits for it is released.

import type { Command } from 'commander';

import type { Rejected } from '../../apis/ask-json.ts';
import { ADMIN } from '../../console/contract.ts';
import { isOrganization } from '../../person/owner.ts';
import * as v from '../../platform/schema.ts';
import { CliError, EXIT } from '../terminal/cli-error.ts';
import type { ExitCode } from '../terminal/command.ts';
import { command, does } from '../terminal/command.ts';
import { relayValue, WORKER } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';

type Options = { readonly worker?: string; readonly forget?: boolean };

export function linkCommand(): Command {
  const made = command('link <customer> [subject]', 'say whose a Stripe customer is', [
    'link cus_9s6XKzkNRiz8i3 user_2abc',
    'link cus_9s6XKzkNRiz8i3 org_2abc   (a company pays)',
    'link cus_9s6XKzkNRiz8i3 --forget',
  ])
    .option('--forget', 'forget the link instead')
    .option(...WORKER);
  return does<Options>(made, async (session, { args: [customer = '', user], options }) => {
    const isForgetting = options.forget === true;
    checkIds(customer, user, isForgetting);
    return isForgetting
      ? forget(session, options, customer)
      : link(session, options, { customerId: customer, userId: user ?? '' });
  });
}

async function forget(session: Session, options: Options, customerId: string): Promise<ExitCode> {
  const request = { route: ADMIN.forgetLink, parts: { customerId } };
  await relayValue(session, options.worker, request, ({ status }) =>
    status === 404
      ? new CliError(`${customerId} has no link.`, {
          todo: 'Is it this Worker, and the right mode?',
        })
      : null,
  );
  session.out.result(
    { forgotten: customerId },
    `${customerId} is nobody's now; its next events wait.`,
  );
  return EXIT.ok;
}

type Link = { readonly customerId: string; readonly userId: string };

async function link(session: Session, options: Options, wanted: Link): Promise<ExitCode> {
  const { customerId, userId } = wanted;
  const request = { route: ADMIN.linkByHand, json: wanted };
  await relayValue(session, options.worker, request, (rejected) => conflictOf(rejected, wanted));
  const whose = isOrganization(userId) ? `is the organization ${userId}` : `is ${userId}`;
  session.out.result(wanted, `${customerId} ${whose}. What waited for it is on its way.`);
  return EXIT.ok;
}

/** The Worker refuses a link for two reasons, and only one of them can be helped. */
function conflictOf({ status, body }: Rejected, { customerId, userId }: Link): CliError | null {
  const conflict = v.safeParse(ADMIN.linkByHand.answers[409], body);
  if (status !== 409 || !conflict.success) return null;
  if (conflict.output.error === 'person_erased') {
    return new CliError(`${userId} was deleted and stays so: nothing can be linked to them.`);
  }
  if (conflict.output.error === 'organizations_off') {
    return new CliError(`Organizations are off at this Worker: ${userId} cannot have a customer.`, {
      todo: 'Set ORGANIZATIONS = "on" in wrangler.toml first: docs/organizations.md',
    });
  }
  const owner = conflict.output.userId;
  return owner === null
    ? new CliError(`${customerId} is nobody's: a deletion came in between.`, {
        todo: 'Run it again.',
      })
    : new CliError(`${customerId} belongs to ${owner}; what says so is newer than this.`, {
        todo: `If it is wrong, forget it first: lifecycle link ${customerId} --forget`,
      });
}

function checkIds(customer: string, user: string | undefined, isForgetting: boolean): void {
  if (!/^(cus|cs)_\w+$/.test(customer)) {
    throw new CliError(`"${customer}" is no Stripe customer id.`, {
      ...USAGE,
      todo: 'It looks like cus_9s6XKzkNRiz8i3; of a guest, the checkout session: cs_...',
    });
  }
  if (isForgetting || /^(user|org)_\w+$/.test(user ?? '')) return;
  throw new CliError(
    user === undefined ? 'Whose is it?' : `"${user}" is no id of a Clerk user or organization.`,
    { ...USAGE, todo: 'lifecycle link cus_... user_...   (or org_...)' },
  );
}

const USAGE = { exitCode: EXIT.usage };
