// Tells a story to a running Worker, one step after the other, and watches what lands at the emulator.

import { companyStory } from '../samples/company-story.ts';
import { sendWebhook } from '../samples/send-webhook.ts';
import type { Secrets } from '../samples/send-webhook.ts';
import { story } from '../samples/story.ts';
import type { StoryStep } from '../samples/story.ts';
import { landedFor, mailedAt } from './landed.ts';
import type { MailsAt } from './landed.ts';
import { until } from './until.ts';

export type Told = {
  readonly title: string;
  readonly sent: readonly { readonly type: string; readonly outcome: string }[];
  readonly landed: readonly string[];
  readonly ms: number;
  readonly isComplete: boolean;
};

/** Far beyond what a busy machine needs: the limit ends what hangs. */
const LANDS_WITHIN_MS = 60_000;

type Stage = {
  readonly workerUrl: string;
  readonly emulatorUrl: string;
  readonly secrets: Secrets;
};

/** `people`: those it is about, by user id, with what they are called; where it is about one, nobody is. */
type Cast = { readonly people: Readonly<Record<string, string>>; readonly mails?: MailsAt };

/** One step after the other, of a person who is new. */
export async function* tell(stage: Stage): AsyncGenerator<Told> {
  const tag = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  const userId = `user_${tag}`;
  const cast = { people: { [userId]: '' } };
  for (const step of story(tag, Math.floor(Date.now() / 1000))) {
    const lands = step.lands.map((event) => `${userId} ${event}`);
    yield await tellStep({ ...step, lands }, cast, stage);
  }
}

/** The same up to the last two steps, of somebody who stays: for whoever looks at them. Answers who it is. */
export async function tellOfSomebody({ workerUrl, secrets }: Omit<Stage, 'emulatorUrl'>) {
  const tag = `ada${Date.now().toString(36)}`;
  for (const { webhooks } of story(tag, Math.floor(Date.now() / 1000)).slice(0, -2)) {
    for (const webhook of webhooks) await sendWebhook(workerUrl, webhook, secrets);
  }
  return `user_${tag}`;
}

/** A company that is new; it stays. */
export function tellOfCompany(stage: Stage, mails: MailsAt) {
  const tag = Date.now().toString(36);
  const { organizationId, people, steps } = companyStory(tag, Math.floor(Date.now() / 1000));
  async function* told(): AsyncGenerator<Told> {
    for (const step of steps) yield await tellStep(step, { people, mails }, stage);
  }
  return { organizationId, told: told() };
}

async function tellStep(step: StoryStep, cast: Cast, stage: Stage): Promise<Told> {
  const { workerUrl, secrets } = stage;
  // An earlier telling may still be landing: only the people of this one count.
  const before = await landedIn(cast, stage);
  const startedAt = Date.now();
  const sent = [];
  for (const webhook of step.webhooks) {
    const outcome = await sendWebhook(workerUrl, webhook, secrets);
    sent.push({ type: String(webhook.body['type']), outcome });
  }
  let landed: string[] = [];
  const isComplete = await until(async () => {
    const now = await landedIn(cast, stage);
    const identified = now.identifies > before.identifies ? ['identify'] : [];
    const events = now.events.slice(before.events.length);
    const mailed = now.mailed.slice(before.mailed.length);
    landed = [...identified, ...eventLines(events, cast), ...mailLine(mailed, cast)];
    const isLanded = step.lands.every((each) => events.includes(each));
    return isLanded && (step.mails ?? []).every((userId) => mailed.includes(userId));
  }, LANDS_WITHIN_MS);
  return { title: step.title, sent, landed, ms: Date.now() - startedAt, isComplete };
}

/** `events`: each behind the user id. */
async function landedIn({ people, mails }: Cast, { emulatorUrl }: Stage) {
  const { identifies, events } = await landedFor(Object.keys(people), emulatorUrl);
  return {
    identifies: identifies.length,
    events: events.map(({ userId, event }) => `${userId} ${event}`),
    mailed: mails === undefined ? [] : await mailedAt(mails),
  };
}

/** Each event once, with all it has landed for. */
function eventLines(events: readonly string[], { people }: Cast): string[] {
  const names = [...new Set(events.map((each) => each.slice(each.indexOf(' ') + 1)))];
  return names.map((event) => {
    const whom = Object.keys(people).filter((userId) => events.includes(`${userId} ${event}`));
    return [event, ...whom.map((userId) => people[userId] ?? '')].join(' ').trim();
  });
}

function mailLine(mailed: readonly string[], { people }: Cast): string[] {
  if (mailed.length === 0) return [];
  return [
    `mail to ${mailed
      .map((userId) => people[userId] ?? '')
      .toSorted()
      .join(', ')}`,
  ];
}
