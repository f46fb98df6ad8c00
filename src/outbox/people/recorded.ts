// What became of an event.

import type { MessageOptions } from '../../person/messages.ts';

/**
 * `erased`: the person is deleted and stays so. `duplicate`: nothing new came of it. `moved`: the link by which the
 * event came belongs to another person by now, so the links have to be asked again.
 */
export type AcceptOutcome = 'accepted' | 'duplicate' | 'erased' | 'moved';

export type Acceptance = { readonly outcome: AcceptOutcome; readonly messages: number };

/** `told`: `identify`, and the events by name; for the log alone. `owed`: rows that will be written to tell members. */
export type Recorded = Acceptance & { readonly told?: readonly string[]; readonly owed?: number };

/** How messages are named, and when they are made, Unix milliseconds. `room`: what a row may have more, see people/table.ts. */
export type MessageContext = {
  readonly options: MessageOptions;
  readonly now: number;
  readonly room?: number;
};
