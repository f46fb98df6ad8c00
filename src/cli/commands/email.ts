// lifecycle email send: one transactional mail. It is asked once: after a lost answer nobody but a person may ask
// again, because Customer.io would mail twice.

import type { Command } from 'commander';

import { sendEmail } from '../../customerio/email.ts';
import type { Email, EmailOutcome } from '../../customerio/email.ts';
import { CliError, EXIT } from '../terminal/cli-error.ts';
import { collect, command, does } from '../terminal/command.ts';
import { isUnsent, persistently } from '../terminal/http.ts';
import { failureOf } from '../terminal/say.ts';
import type { Session } from '../terminal/session.ts';
import { emailBody } from './email-body.ts';
import type { EmailFlags } from './email-body.ts';

export function emailCommand(): Command {
  return command('email', 'send a transactional email', [
    'email send --transactional-message-id 12 --to ada@example.com --identifier id=user_2abc',
  ]).addCommand(sendCommand());
}

function sendCommand(): Command {
  const made = command('send', 'send one mail to one person', [
    'email send --transactional-message-id welcome --to ada@example.com \\',
    '    --identifier email=ada@example.com --data firstName=Ada --data resetLink=https://example.com',
  ])
    .option('--transactional-message-id <id>', 'number or trigger name: Journeys > Transactional')
    .requiredOption('--to <emails>', 'comma-separated')
    .requiredOption('--identifier <k=v>', 'whose profile: id=, email= or cio_id=')
    .option('--data <k=v|file>', 'message data for the template; may be repeated', collect, [])
    .option('--dry-run', 'keep it as a draft in Customer.io (queue_draft), send nothing')
    .option('--from <address>', 'a verified sender; with --subject and --body: no template')
    .option('--subject <text>')
    .option('--preheader <text>')
    .option('--body <html|file>')
    .option('--body-plain <text>')
    .option('--body-amp <html>')
    .option('--cc <emails>')
    .option('--bcc <emails>')
    .option('--reply-to <address>')
    .option('--language <code>')
    .option('--header <k=v>', 'may be repeated', collect, [])
    .option('--attach <file>', 'under 2 MB together; may be repeated', collect, [])
    .option('--send-at <seconds>', 'Unix seconds, at most 90 days ahead')
    .option('--no-send-to-unsubscribed', 'not to people who have unsubscribed (default: to all)')
    .option('--no-tracked', 'no opens, no clicks')
    .option('--disable-message-retention', 'Customer.io keeps no copy')
    .option('--disable-css-preprocessing', 'leave the CSS as it is')
    .option('--no-fake-bcc', 'a real bcc instead of copies')
    .option('--auto-create', 'create the message for a trigger name that does not exist');
  return does<EmailFlags>(made, async (session, { options }) => {
    const email = emailBody(options);
    const outcome = await once(session, email);
    if (outcome.kind !== 'sent') throw emailFailure(session, outcome);
    const id = outcome.deliveryId ?? 'not told: the answer broke off after its 200';
    const what = options.dryRun === true ? 'Kept as a draft' : 'Queued';
    session.out.result(
      { sent: options.dryRun !== true, deliveryId: outcome.deliveryId },
      `${what} for ${email.to} (delivery ${id}).`,
    );
    return EXIT.ok;
  });
}

async function once(session: Session, email: Email): Promise<EmailOutcome> {
  const { options, net } = session.app();
  return persistently(() => sendEmail(email, options, { ...net, isUnsent }), session.out.note);
}

function emailFailure(
  session: Session,
  outcome: Exclude<EmailOutcome, { readonly kind: 'sent' }>,
): CliError {
  const { party } = session.app();
  if (outcome.kind === 'ambiguous') {
    return new CliError(
      `Nobody knows whether this mail was sent (${outcome.reason}). It was not tried again: that could mail twice.`,
      { todo: 'Look at the person in Customer.io > Activity before sending it again.' },
    );
  }
  if (outcome.kind === 'refused' && outcome.status === 403) {
    return new CliError(`${party.name} does not allow this mail (403).`, {
      todo: 'The workspace may lack transactional mail, the key its scope, or an attachment has a forbidden type.',
    });
  }
  return failureOf(outcome, party);
}
