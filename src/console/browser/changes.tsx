// What a webhook changed of what is known of its person: field by field, before and after.

import type { Changes as Changed } from '../../person/difference.ts';
import { Empty, Table, Text } from './parts.tsx';

export function Changes({ changes }: { readonly changes: Changed | null }) {
  if (changes === null) return <Empty>It is of an older release, which did not keep it.</Empty>;
  if (changes.fields.length === 0) return <Empty>Nothing but times.</Empty>;
  return (
    <>
      <Table label="What it changed" head={['Field', 'Before', 'After']}>
        {changes.fields.map((change) => (
          <tr>
            <th scope="row" class="id">
              <Text of={change.field} />
            </th>
            <td>
              <Value of={change.was} />
            </td>
            <td>
              <Value of={change.is} />
            </td>
          </tr>
        ))}
      </Table>
      {changes.left === 0 ? null : <p class="quiet">{`And ${changes.left} more, not kept.`}</p>}
    </>
  );
}

function Value({ of }: { readonly of: unknown }) {
  return of === undefined || of === null ? (
    <span class="quiet">–</span>
  ) : (
    <Text of={of} max={160} />
  );
}
