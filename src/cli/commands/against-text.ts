// What other variables would change, as text: old and new side by side. Pure.

import type { MomentChange } from '../../person/counted-changes.ts';
import type { Message } from '../../person/message.ts';
import type { PayloadChange, RelayChange } from './against.ts';

const NOTHING_THERE = '(not sent)';

export function relayChangeLines({ moments, changes, people }: RelayChange): string[] {
  const changed = changes.reduce((sum, { count }) => sum + count, 0);
  const { seen, due, unknown, unread, traits, examples } = people;
  return [
    `${changed} of ${moments} moments in the journal would be told differently.`,
    ...changes.flatMap(changeLines),
    `${due} of ${seen} people would be identified by lifecycle sync refresh.`,
    ...Object.entries(traits).map(([name, count]) => `  ${name}  ${count}`),
    ...(unknown === 0
      ? []
      : [`  ${unknown} of them were told by an older release, which did not note what.`]),
    ...(examples.length === 0 ? [] : [`  for example ${examples.join(' ')}`]),
    ...(unread === 0
      ? []
      : [
          `  ${unread} have a trait of TRAITS that was never read: it comes with Clerk's next word.`,
        ]),
  ];
}

function changeLines(change: MomentChange): string[] {
  const { was, would, properties, unsure, count, first, last } = change;
  const when =
    first.slice(0, 10) === last.slice(0, 10)
      ? first.slice(0, 10)
      : `${first.slice(0, 10)} to ${last.slice(0, 10)}`;
  return [
    `  ${count} × ${sideBySide(was.event, would.event)}  (${when})`,
    ...properties.map(
      (name) =>
        `      ${name}: ${sideBySide(text(was.properties[name]), text(would.properties[name]))}`,
    ),
    ...unsure.map(
      (name) => `      ${name}: cannot be told from the journal; explain a webhook of it`,
    ),
  ];
}

function sideBySide(was: string | false, would: string | false): string {
  const [before, after] = [was, would].map((each) => (each === false ? NOTHING_THERE : each));
  return before === after ? String(before) : `${before} → ${after}`;
}

function text(value: unknown): string {
  return value === undefined ? NOTHING_THERE : JSON.stringify(value);
}

export function payloadChangeLines(files: number, changes: readonly PayloadChange[]): string[] {
  return [
    `${changes.length} of ${files} payloads would become something else.`,
    ...changes.flatMap(({ file, was, would }) => [file, ...messageLines(was, would)]),
  ];
}

function messageLines(was: readonly Message[], would: readonly Message[]): string[] {
  const length = Math.max(was.length, would.length);
  return Array.from({ length }, (_, at) => [was[at], would[at]] as const).flatMap(
    ([before, after]) => [
      `  ${sideBySide(nameOf(before), nameOf(after))}`,
      ...contentLines(contentOf(before), contentOf(after)),
    ],
  );
}

type Content = Readonly<Record<string, unknown>>;

function contentLines(before: Content, after: Content): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => [name, text(before[name]), text(after[name])] as const)
    .filter(([, was, would]) => was !== would)
    .map(([name, was, would]) => `      ${name}: ${sideBySide(was, would)}`);
}

function nameOf(message: Message | undefined): string | false {
  if (message === undefined) return false;
  return message.type === 'track' ? message.event : message.type;
}

function contentOf(message: Message | undefined): Content {
  if (message === undefined) return {};
  return message.type === 'track' ? message.properties : message.traits;
}
