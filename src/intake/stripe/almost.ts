// Ids that are almost right: an event that names nobody, and has under a key that should what is no id. The operator is shown
// where. No I/O.

import { almostIn } from '../../person/owner.ts';
import type { Reading, ReadOptions } from '../provider.ts';
import type { StripeEvent } from './envelope.ts';
import { metadataOf } from './shape.ts';

const REFERENCE = 'client_reference_id';

export function withAlmost(
  reading: Reading,
  { object }: Pick<StripeEvent, 'object'>,
  { linkKeys }: ReadOptions,
): Reading {
  if (reading.kind !== 'event' || reading.userId !== null) return reading;
  const places = [
    ['metadata.', almostIn(metadataOf(object), linkKeys)],
    ['customer.metadata.', almostIn(metadataOf(object['customer']), linkKeys)],
    ['', almostIn(object, [REFERENCE])],
  ] as const;
  const found = places.find(([, almost]) => almost !== null);
  return found === undefined ? reading : { ...reading, almost: found.join('') };
}
