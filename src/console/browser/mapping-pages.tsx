// Mapping: what would this become? A payload, under what is in force and beside it under what would be.

import { Hono } from 'hono';

import type { RelayApp } from '../../door/ready.ts';
import type { Provider } from '../../intake/provider.ts';
import { messageName } from '../../person/message.ts';
import type { Message } from '../../person/message.ts';
import { configWith, explain } from '../explain.ts';
import type { Explanation } from '../explain.ts';
import { Changes } from './changes.tsx';
import { page } from './layout.tsx';
import { Badge, Code, Empty, Table, Text } from './parts.tsx';

const PLACE = { title: 'Mapping', at: 'mapping' } as const;
const TABLES = ['PLANS', 'EVENTS', 'TRAITS'] as const;

export function mappingPages(providers: readonly Provider[]) {
  const pages = new Hono<RelayApp>();
  pages.get('/', (c) => {
    const form = <Form token={c.get('formToken') ?? ''} fields={{}} />;
    return page(c, form, PLACE);
  });
  pages.post('/', async (c) => {
    const fields = textsIn(await c.req.parseBody());
    const asked = { providers, now: Date.now() };
    const was = explain(fields['payload'] ?? '', { ...asked, config: c.get('config') });
    const tables = Object.fromEntries(
      TABLES.flatMap((name) => (fields[name] ? [[name, fields[name]]] : [])),
    );
    const changed = Object.keys(tables).length === 0 ? null : configWith(c.env, tables);
    const would =
      changed?.ok === true
        ? explain(fields['payload'] ?? '', { ...asked, config: changed.config })
        : null;
    const problems = changed?.ok === false ? changed.problems : [];
    const result = (
      <>
        <Form token={c.get('formToken') ?? ''} fields={fields} />
        <Result was={was} would={would} problems={problems} />
      </>
    );
    return page(c, result, PLACE);
  });
  return pages;
}

type Fields = Readonly<Record<string, string>>;

function textsIn(form: Readonly<Record<string, unknown>>): Fields {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value.trim()]] : [],
    ),
  );
}

function Form({ token, fields }: { readonly token: string; readonly fields: Fields }) {
  return (
    <>
      <h1>What would this become?</h1>
      <p class="quiet">
        The payload of a webhook, or any object of Clerk's or Stripe's API. Nothing is sent or
        stored, and nobody need exist.
      </p>
      <form method="post" action="/console/mapping">
        <input type="hidden" name="token" value={token} />
        <label>
          Payload, as JSON
          <textarea name="payload" required spellcheck={false}>
            {fields['payload'] ?? ''}
          </textarea>
        </label>
        <details open={TABLES.some((name) => (fields[name] ?? '') !== '')}>
          <summary>Beside it, under other tables</summary>
          <div class="columns">
            {TABLES.map((name) => (
              <label>
                {name}, one a line: name = value
                <textarea name={name} spellcheck={false} class="short">
                  {fields[name] ?? ''}
                </textarea>
              </label>
            ))}
          </div>
        </details>
        <p>
          <button class="primary">Explain</button>
        </p>
      </form>
    </>
  );
}

function Result(props: {
  readonly was: Explanation;
  readonly would: Explanation | null;
  readonly problems: readonly string[];
}) {
  const { was, would, problems } = props;
  return (
    <>
      {problems.map((problem) => (
        <p class="note bad" role="alert">
          <Text of={problem} />
        </p>
      ))}
      <div class="columns">
        <section>
          <h2>{would === null ? 'It would become' : 'As it is'}</h2>
          <Explained of={was} />
        </section>
        {would === null ? null : (
          <section>
            <h2>As it would be</h2>
            <Explained of={would} beside={was} />
          </section>
        )}
      </div>
      {was.changes === null ? null : (
        <>
          <h2>What it says is true</h2>
          <Changes changes={was.changes} />
        </>
      )}
    </>
  );
}

const OUTCOMES = {
  accepted: ['good', 'It goes to its person at once.'],
  waiting: ['warn', 'It names no person: it waits until its customer is linked to one.'],
  ignored: ['calm', 'Nothing comes of it.'],
  parked: ['bad', 'It is put aside: it is unlike what its provider documents.'],
  not_a_webhook: [
    'bad',
    "It is neither an event nor an object of Clerk's or Stripe's, or no JSON.",
  ],
} as const;

function Explained({ of, beside }: { readonly of: Explanation; readonly beside?: Explanation }) {
  const [tone, sentence] = OUTCOMES[of.outcome];
  return (
    <>
      <p>
        <Badge tone={tone}>{of.outcome}</Badge> <Text of={of.type} /> {sentence}
      </p>
      {of.reasons.map((reason) => (
        <p>{of.outcome === 'ignored' ? <Code code={reason} /> : <Text of={reason} />}</p>
      ))}
      {of.outcome === 'accepted' || of.outcome === 'waiting' ? (
        <p>{of.moments.length === 0 ? 'No moment.' : `Moments: ${of.moments.join(', ')}.`}</p>
      ) : null}
      {of.messages.map((message, index) => (
        <Sent message={message} beside={beside === undefined ? message : beside.messages[index]} />
      ))}
      {of.messages.length === 0 && tone !== 'calm' && tone !== 'bad' ? (
        <Empty>No message.</Empty>
      ) : null}
    </>
  );
}

function Sent(props: { readonly message: Message; readonly beside: Message | undefined }) {
  const { message, beside } = props;
  const fields = fieldsOf(message);
  const others = beside === undefined ? {} : fieldsOf(beside);
  const isRenamed = beside === undefined || messageName(beside) !== messageName(message);
  return (
    <>
      <h3>
        <Text of={messageName(message)} /> {isRenamed ? <Badge tone="warn">differs</Badge> : null}
      </h3>
      <Table label={messageName(message)} head={['Name', 'Value']}>
        {Object.entries(fields).map(([name, value]) => (
          <tr class={JSON.stringify(others[name]) === JSON.stringify(value) ? '' : 'differs'}>
            <th scope="row">
              <Text of={name} />
            </th>
            <td>
              <Text of={value} />
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

function fieldsOf(message: Message): Readonly<Record<string, unknown>> {
  return message.type === 'track' ? message.properties : message.traits;
}
