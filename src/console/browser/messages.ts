// Messages under two configurations, one beside the other. Pure.

import { messageName } from '../../person/message.ts';
import type { Message } from '../../person/message.ts';

/** Its fields: what the same message says otherwise among the others, and apart what it says alike. */
export function beside(message: Message, all: readonly Message[]) {
  const other = all.find((each) => isSame(each, message));
  const others = other === undefined ? {} : saidBy(other);
  const fields = Object.entries(saidBy(message)).map(([name, value]) => ({
    name,
    value,
    differs: JSON.stringify(others[name]) !== JSON.stringify(value),
  }));
  // Alone, beside itself, it is shown whole.
  const isFolded = (differs: boolean) => !differs && other !== message;
  return {
    name: messageName(message),
    isRenamed: other === undefined || messageName(other) !== messageName(message),
    fields: fields.filter(({ differs }) => !isFolded(differs)),
    same: fields.filter(({ differs }) => isFolded(differs)),
  };
}

/** An identify has an id of its own making, a track the one of what happened. */
function isSame(one: Message, other: Message): boolean {
  const isTrack = one.type === 'track' || other.type === 'track';
  return one.type === other.type && (!isTrack || one.messageId === other.messageId);
}

function saidBy(message: Message): Readonly<Record<string, unknown>> {
  return message.type === 'track' ? message.properties : message.traits;
}
