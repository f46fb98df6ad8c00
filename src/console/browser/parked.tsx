// What the pages of parked things show.

import type { ParkedLine, ParkedThing } from '../../outbox/parked/shelf.ts';
import { parseJson } from '../../platform/json.ts';
import type { Numbered } from '../relay.ts';
import { groupOf } from './parked-group.ts';
import { Action, Ago, Code, Empty, Table, Text } from './parts.tsx';

/** Of one parked thing more is not shown. */
const LINES_MAX = 500;

type Thing = Numbered<ParkedLine>;

type List = { readonly things: readonly Thing[]; readonly token: string; readonly now: number };

export function Parked(
  props: List & { readonly done: { readonly did: string; readonly count: number } },
) {
  const { things, token, done } = props;
  const groups = Map.groupBy(things, groupOf);
  return (
    <>
      <h1>Parked</h1>
      <p class="quiet">Out of the flow, kept with its reason. Nobody else waits for it.</p>
      {['replayed', 'discarded'].includes(done.did) ? (
        <p class="note good" role="status">{`${done.count} ${done.did}.`}</p>
      ) : null}
      {things.length === 0 ? (
        <Empty>Nothing is parked.</Empty>
      ) : (
        <>
          <Table label="Groups" head={['Count', 'Reason', 'Detail']}>
            {[...groups].map(([name, members]) => (
              <tr>
                <td class="number">
                  <a
                    href={`/console/parked/group?of=${encodeURIComponent(name)}`}
                  >{`${members.length} parked`}</a>
                </td>
                <td>
                  <Code code={members[0]?.reason ?? ''} />
                </td>
                <td>
                  <Text of={members[0]?.detail ?? ''} />
                </td>
              </tr>
            ))}
          </Table>
          <Both count={things.length} token={token} fields={{}} what="all" />
        </>
      )}
    </>
  );
}

export function Group({ name, things, token, now }: List & { readonly name: string }) {
  const [first] = things;
  return (
    <>
      <p class="quiet">
        <a href="/console/parked">Parked</a>
      </p>
      <h1>
        {first === undefined
          ? 'Nothing of this is parked any more.'
          : `${things.length} parked alike`}
      </h1>
      {first === undefined ? null : (
        <>
          <p>
            <Code code={first.reason} />
          </p>
          <Both count={things.length} token={token} fields={{ of: name }} what="of this group" />
          <Members things={things} now={now} />
        </>
      )}
    </>
  );
}

function Members({ things, now }: { readonly things: readonly Thing[]; readonly now: number }) {
  return (
    <Table
      label="Members"
      head={['Number', 'What', 'When', "Customer.io's answer, or what is wrong"]}
    >
      {things.map(({ id, about, at, detail }) => (
        <tr>
          <th scope="row" class="id">
            <a href={`/console/parked/${id}`}>{id}</a>
          </th>
          <td>
            <Text of={about} />
          </td>
          <td>
            <Ago at={at} now={now} />
          </td>
          <td>
            <Text of={detail} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** The number stands on the button: how many it touches. */
function Both(props: {
  readonly count: number;
  readonly token: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly what: string;
}) {
  const { count, token, fields, what } = props;
  const to = '/console/parked';
  return (
    <div class="actions">
      <Action
        to={to}
        token={token}
        label={`Replay ${count} ${what}`}
        fields={{ ...fields, do: 'replay' }}
      />
      <details>
        <summary>{`Discard ${what}`}</summary>
        <p>{`${count} things are thrown away for good.`}</p>
        <Action
          to={to}
          token={token}
          label={`Discard ${count}`}
          fields={{ ...fields, do: 'discard' }}
          isDangerous
        />
      </details>
    </div>
  );
}

export function ParkedOne(
  props: Omit<ParkedThing, 'seq'> & { readonly id: string; readonly token: string },
) {
  const { id, reason, detail, about, content, token } = props;
  return (
    <>
      <p class="quiet">
        <a href="/console/parked">Parked</a>
      </p>
      <h1>
        <Text of={about === '' ? id : about} />
      </h1>
      <p>
        <Code code={reason} />
      </p>
      <p>
        <Text of={detail} max={2000} />
      </p>
      <Both count={1} token={token} fields={{ id }} what="" />
      <details>
        <summary>All of it, personal data included</summary>
        <pre tabindex={0}>
          {linesOf(content).map((line) => (
            <>
              <Text of={line} />
              {'\n'}
            </>
          ))}
        </pre>
      </details>
    </>
  );
}

/** Line by line, so that what a stranger wrote within one cannot make another. */
function linesOf(content: string): readonly string[] {
  return JSON.stringify(parseJson(content), null, 2).split('\n').slice(0, LINES_MAX);
}
