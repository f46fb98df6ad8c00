// Messages under two configurations, one beside the other. Pure.

import { messageName } from '../../person/message.ts';
import type { Message } from '../../person/message.ts';

/** Its fields, each with whether the other one says something else. */
export function beside(message: Message, other: Message | undefined) {
  const others = other === undefined ? {} : saidBy(other);
  return {
    name: messageName(message),
    isRenamed: other === undefined || messageName(other) !== messageName(message),
    fields: Object.entries(saidBy(message)).map(([name, value]) => ({
      name,
      value,
      differs: JSON.stringify(others[name]) !== JSON.stringify(value),
    })),
  };
}

function saidBy(message: Message): Readonly<Record<string, unknown>> {
  return message.type === 'track' ? message.properties : message.traits;
}
