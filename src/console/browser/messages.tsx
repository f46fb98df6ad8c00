// The messages of one entry: each as it was sent, whether it landed, and what became of the mail that a rule sends.

import type { MailState, ShownEntry, ShownMessage } from '../../outbox/looks/entry.ts';
import { messageName } from '../../person/message.ts';
import { Ago, Badge, Code, durationText, Empty, Text } from './parts.tsx';

type Sent = { readonly entry: ShownEntry; readonly now: number };

export function Messages({ entry, now }: Sent) {
  if (entry.messages.length === 0) {
    return <Empty>Nothing is left of it: its person was deleted.</Empty>;
  }
  return (
    <>
      {entry.messages.map((shown) => (
        <section class="message">
          <h3>
            <Text of={messageName(shown.message)} /> <State of={shown.state} />
          </h3>
          <Landing entry={entry} shown={shown} now={now} />
          {shown.mail === null ? null : <Mail mail={shown.mail} now={now} />}
          <Body shown={shown} />
        </section>
      ))}
    </>
  );
}

const TONES = { landed: 'good', pending: 'warn', held: 'warn', parked: 'bad' } as const;

export function State({ of }: { readonly of: ShownMessage['state'] }) {
  return <Badge tone={TONES[of]}>{of}</Badge>;
}

function Landing({ entry, shown, now }: Sent & { readonly shown: ShownMessage }) {
  const { landedAt, tookMs, at } = entry;
  if (shown.state !== 'landed') {
    return (
      <p class="quiet">
        {shown.state === 'pending' ? 'It has not landed yet.' : ''}
        {shown.state === 'held' ? 'It waits behind a message of this person that fails.' : ''}
        {shown.state === 'parked' ? <a href="/console/parked">Customer.io does not take it</a> : ''}
      </p>
    );
  }
  if (landedAt === null) return <p class="quiet">Landed; the time is no longer remembered.</p>;
  return (
    <p class="quiet">
      {`Customer.io answered 200 in ${durationText(tookMs ?? 0)}, `}
      {`${durationText(Math.max(0, landedAt - at))} after it came: `}
      <Ago at={landedAt} now={now} />
    </p>
  );
}

const MAIL_WORDS = {
  waits: 'goes out once this has landed',
  due: 'is due and waits for its turn',
  mailed: 'was sent',
  parked: 'was put aside',
  skipped: 'was not sent',
} as const;

/** The rule in EMAILS, and what came of it. */
export function Mail({ mail, now }: { readonly mail: MailState; readonly now: number }) {
  return (
    <p>
      <Badge tone={mail.state === 'mailed' ? 'good' : 'calm'}>mail</Badge> The rule in EMAILS names
      message{' '}
      <code>
        <Text of={String(mail.rule)} />
      </code>
      : it {MAIL_WORDS[mail.state]}
      {mail.at === null ? '' : ', '}
      {mail.at === null ? null : <Ago at={mail.at} now={now} />}
      {'. '}
      {mail.code === null ? null : <Code code={mail.code} />}
    </p>
  );
}

/** Of an identify all traits go: they are many, and stand folded. */
function Body({ shown }: { readonly shown: ShownMessage }) {
  const { message } = shown;
  if (message.type === 'track') return <Fields message={message} fields={message.properties} />;
  return (
    <details>
      <summary>{`All ${Object.keys(message.traits).length} traits`}</summary>
      <Fields message={message} fields={message.traits} />
    </details>
  );
}

function Fields(props: {
  readonly message: ShownMessage['message'];
  readonly fields: Readonly<Record<string, unknown>>;
}) {
  const { message, fields } = props;
  return (
    <dl class="pairs">
      <dt>id</dt>
      <dd class="id">{message.messageId}</dd>
      <dt>dated</dt>
      <dd>{message.timestamp}</dd>
      {Object.entries(fields).map(([name, value]) => (
        <>
          <dt>
            <Text of={name} />
          </dt>
          <dd>{value === null ? <span class="quiet">empty</span> : <Text of={value} />}</dd>
        </>
      ))}
    </dl>
  );
}
