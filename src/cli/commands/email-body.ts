// The flags of `email send` → the documented body of POST /v1/send/email. Only what was given is sent, so that
// Customer.io's own defaults hold.
// https://docs.customer.io/integrations/api/app/#operation/sendEmail

import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Email } from '../../customerio/email.ts';
import { usageError } from '../terminal/cli-error.ts';
import { namedBytes, namedText } from '../terminal/files.ts';
import { fieldsOf, isEmail } from '../terminal/pairs.ts';

export type EmailFlags = {
  readonly transactionalMessageId?: string;
  readonly to: string;
  readonly identifier: string;
  readonly data: readonly string[];
  readonly dryRun?: boolean;
  readonly from?: string;
  readonly subject?: string;
  readonly preheader?: string;
  readonly body?: string;
  readonly bodyPlain?: string;
  readonly bodyAmp?: string;
  readonly cc?: string;
  readonly bcc?: string;
  readonly replyTo?: string;
  readonly language?: string;
  readonly header: readonly string[];
  readonly attach: readonly string[];
  readonly sendAt?: string;
  readonly sendToUnsubscribed: boolean;
  readonly tracked: boolean;
  readonly disableMessageRetention?: boolean;
  readonly disableCssPreprocessing?: boolean;
  readonly fakeBcc: boolean;
  readonly autoCreate?: boolean;
};

/** Of all attachments together, decoded. */
const ATTACHMENT_BYTES_MAX = 2_000_000;

const IDENTIFIERS = ['id', 'email', 'cio_id'];

export function emailBody(flags: EmailFlags): Email {
  needTemplateOrText(flags);
  needAddresses(flags.to);
  return {
    to: flags.to,
    identifiers: identifiersOf(flags.identifier),
    ...templateOf(flags),
    ...given({
      message_data: notEmpty(fieldsOf(flags.data, { option: '--data', pairs: '--data' })),
      from: flags.from,
      subject: flags.subject,
      preheader: flags.preheader,
      body: flags.body === undefined ? undefined : textOrFile(flags.body),
      body_plain: flags.bodyPlain,
      body_amp: flags.bodyAmp,
      cc: flags.cc,
      bcc: flags.bcc,
      reply_to: flags.replyTo,
      language: flags.language,
      headers: notEmpty(fieldsOf(flags.header, { option: '--header', pairs: '--header' })),
      attachments: notEmpty(attachmentsOf(flags.attach)),
      send_at: flags.sendAt === undefined ? undefined : secondsOf(flags.sendAt),
      ...switchesOf(flags),
    }),
  };
}

/** On by default at Customer.io: sent only to switch them off. The others only to switch them on. */
function switchesOf(flags: EmailFlags) {
  const off = (isOn: boolean) => (isOn ? undefined : false);
  return {
    queue_draft: flags.dryRun,
    send_to_unsubscribed: off(flags.sendToUnsubscribed),
    tracked: off(flags.tracked),
    fake_bcc: off(flags.fakeBcc),
    disable_message_retention: flags.disableMessageRetention,
    disable_css_preprocessing: flags.disableCssPreprocessing,
    auto_create: flags.autoCreate,
  };
}

function needTemplateOrText({ transactionalMessageId, body, subject, from }: EmailFlags): void {
  const isWritten = body !== undefined && subject !== undefined && from !== undefined;
  if (transactionalMessageId !== undefined || isWritten) return;
  throw usageError(
    'A mail needs --transactional-message-id, or --from, --subject and --body.',
    'The id is found in Customer.io under Journeys > Transactional.',
  );
}

/** Each may have a name before it: Ada <ada@example.com>. */
function needAddresses(to: string): void {
  if (to.split(',').every((each) => isEmail(each.trim().split(' ').at(-1) ?? ''))) return;
  throw usageError('--to needs an email, or several with commas between them.');
}

function templateOf({ transactionalMessageId: id }: EmailFlags) {
  if (id === undefined) return {};
  return { transactional_message_id: /^\d+$/.test(id) ? Number(id) : id };
}

function identifiersOf(flag: string): Email['identifiers'] {
  const at = flag.indexOf('=');
  const name = flag.slice(0, Math.max(at, 0));
  const value = flag.slice(at + 1);
  if (IDENTIFIERS.includes(name) && value !== '') return { [name]: value };
  throw usageError(
    '--identifier needs exactly one of id=, email= and cio_id=.',
    'For a person of Clerk: --identifier id=user_2abc',
  );
}

function attachmentsOf(files: readonly string[]): Record<string, string> {
  const contents = files.map(
    (file) => [path.basename(file), namedBytes({ file, what: `--attach ${file}` })] as const,
  );
  if (contents.reduce((sum, [, bytes]) => sum + bytes.length, 0) > ATTACHMENT_BYTES_MAX) {
    throw usageError('The attachments are over 2 MB together, the most Customer.io takes.');
  }
  return Object.fromEntries(contents.map(([name, bytes]) => [name, bytes.toString('base64')]));
}

function secondsOf(text: string): number {
  if (/^\d{1,10}$/.test(text)) {
    if (Number(text) * 1000 > Date.now()) return Number(text);
    throw usageError('--send-at lies in the past.', 'Leave it out to send at once.');
  }
  throw usageError('--send-at needs Unix seconds.', 'In an hour: $(( $(date +%s) + 3600 ))');
}

function textOrFile(text: string): string {
  return existsSync(text) ? namedText({ file: text, what: `--body ${text}` }) : text;
}

function notEmpty(fields: Readonly<Record<string, unknown>>) {
  return Object.keys(fields).length === 0 ? undefined : fields;
}

function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
