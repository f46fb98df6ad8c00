// A person's traits in groups, as they go over the wire, and beside each what Customer.io shows.

import type { Traits } from '../../person/facet.ts';
import { BILLING_TRAITS, USER_TRAITS } from '../../person/traits.ts';
import type { Beside } from '../shown.ts';
import { Code, Table, Text } from './parts.tsx';

export function TraitsOf({
  traits,
  shown,
}: {
  readonly traits: Traits;
  readonly shown: Beside | null;
}) {
  const [user, billing]: readonly (readonly string[])[] = [USER_TRAITS, BILLING_TRAITS];
  const isOf = (names: readonly string[] | undefined, name: string) =>
    names?.includes(name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())) ??
    false;
  const groups = [
    ['Who they are', (name: string) => isOf(user, name)],
    ['What they pay', (name: string) => isOf(billing, name)],
    ['Your own', (name: string) => !isOf(user, name) && !isOf(billing, name)],
  ] as const;
  return (
    <section>
      <h2>What is true</h2>
      <BesideWord shown={shown} />
      {groups.map(([label, isIn]) => {
        const theirs = Object.entries(traits).filter(([name]) => isIn(name));
        return theirs.length === 0 ? null : (
          <>
            <h3>{label}</h3>
            <Table
              label={label}
              head={shown === null ? ['Trait', 'Here'] : ['Trait', 'Here', 'At Customer.io']}
            >
              {theirs.map(([name, value]) => (
                <Trait name={name} value={value} shown={shown} />
              ))}
            </Table>
          </>
        );
      })}
    </section>
  );
}

function BesideWord({ shown }: { readonly shown: Beside | null }) {
  if (shown === null) {
    return (
      <p class="quiet">With CUSTOMERIO_APP_TOKEN set, what Customer.io shows stands beside it.</p>
    );
  }
  if (shown.problem !== null) {
    return (
      <p class="note bad">
        Customer.io did not say what it shows. <Code code={shown.problem} />
      </p>
    );
  }
  const count = shown.differences.length;
  return count === 0 ? (
    <p class="note good">Customer.io shows the same.</p>
  ) : (
    <p class="note bad">{`Customer.io shows ${count} of these otherwise. Send the identify again to mend it.`}</p>
  );
}

const WHY = {
  lost: 'ours is newer, and is not there',
  overwritten: 'somebody else has written it since',
  email_conflict:
    'kept as it was: "Allow updates to email using ID" is off, or somebody else has it',
  unclear: 'nobody says when it was set',
} as const;

function Trait(props: {
  readonly name: string;
  readonly value: unknown;
  readonly shown: Beside | null;
}) {
  const { name, value, shown } = props;
  const difference = shown?.differences.find(({ trait }) => trait === name);
  return (
    <tr class={difference === undefined ? '' : 'differs'}>
      <th scope="row">
        <Text of={name} />
      </th>
      <td>{value === null ? <span class="quiet">empty</span> : <Text of={value} max={160} />}</td>
      {shown === null ? null : (
        <td>
          {difference === undefined ? (
            <span class="quiet">{shown.problem === null ? 'the same' : '–'}</span>
          ) : (
            <>
              <Text of={difference.shown ?? 'not there'} max={160} />
              <p class="quiet">{WHY[difference.kind]}</p>
            </>
          )}
        </td>
      )}
    </tr>
  );
}
