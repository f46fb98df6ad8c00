// lifecycle explain --against: what other variables would change, before anything is deployed. Of the moments in the journal of
// the relay and of its people; or, where payloads are given, of what these would become.

import type { Config } from '../../config/config.ts';
import { ADMIN } from '../../console/contract.ts';
import type { AnswerOf } from '../../console/contract.ts';
import { joinRefreshed, NOBODY } from '../../outbox/people/refreshed.ts';
import type { Refreshed } from '../../outbox/people/refreshed.ts';
import { countedChanges } from '../../person/counted-changes.ts';
import type { MomentChange } from '../../person/counted-changes.ts';
import type { Message } from '../../person/message.ts';
import type { MessageOptions } from '../../person/messages.ts';
import { relayValue } from '../terminal/relay-api.ts';
import type { Session } from '../terminal/session.ts';
import { explain } from './explanation.ts';

/** `moments`: how many there are in the journal. */
export type RelayChange = {
  readonly moments: number;
  readonly changes: readonly MomentChange[];
  readonly people: Refreshed;
};

export type PayloadChange = {
  readonly file: string;
  readonly was: readonly Message[];
  readonly would: readonly Message[];
};

export async function relayChange(
  session: Session,
  worker: string | undefined,
  would: Config,
): Promise<RelayChange> {
  const { messages } = would;
  let changes: readonly MomentChange[] = [];
  let moments = 0;
  let after: string | null = '';
  while (after !== null) {
    const page = await tracksPage(session, worker, after);
    const was = optionsOf(page.mapping, messages);
    changes = countedChanges(page.tracks, { was, would: messages }, changes);
    moments += page.tracks.length;
    after = page.next;
  }
  const people = await peopleChange(session, worker, messages);
  return { moments, changes, people };
}

function tracksPage(
  session: Session,
  worker: string | undefined,
  after: string,
): Promise<AnswerOf<typeof ADMIN.tracks, 200>> {
  return relayValue(session, worker, { route: ADMIN.tracks, query: { after } });
}

async function peopleChange(
  session: Session,
  worker: string | undefined,
  { traitCase, events, freePlan, mapping }: MessageOptions,
): Promise<Refreshed> {
  const json = { traitCase, events, freePlan, ...mapping };
  let sum = NOBODY;
  let after: string | null = '';
  while (after !== null) {
    const { next, ...page } = await previewPage(session, worker, { after, json });
    sum = joinRefreshed(sum, page);
    after = next;
  }
  return sum;
}

function previewPage(
  session: Session,
  worker: string | undefined,
  { after, json }: { readonly after: string; readonly json: unknown },
): Promise<AnswerOf<typeof ADMIN.previewMapping, 200>> {
  return relayValue(session, worker, { route: ADMIN.previewMapping, query: { after }, json });
}

/** The mapping in force, as the Worker says; how removals are named changes nothing here. */
function optionsOf(
  { plans, traits, ...named }: Awaited<ReturnType<typeof tracksPage>>['mapping'],
  { onUserDeleted }: MessageOptions,
): MessageOptions {
  return { ...named, mapping: { plans, traits }, onUserDeleted };
}

/** Null: it would become the same. `text` is no webhook: it becomes nothing under either. */
export function payloadChange(
  { file, text }: { readonly file: string; readonly text: string },
  { was, would }: { readonly was: Config; readonly would: Config },
): PayloadChange | null {
  const [before, after] = [messagesOf(text, was), messagesOf(text, would)];
  return shownOf(before) === shownOf(after) ? null : { file, was: before, would: after };
}

function messagesOf(text: string, config: Config): readonly Message[] {
  const explained = explain(text, config);
  return explained.outcome === 'not_a_webhook' ? [] : explained.messages;
}

/** Without the times and ids, which come from the clock where traits are told. */
function shownOf(messages: readonly Message[]): string {
  return JSON.stringify(
    messages.map((message) =>
      message.type === 'track'
        ? [message.event, message.properties]
        : [message.type, message.traits],
    ),
  );
}
