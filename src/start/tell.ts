// Tells the story to a running Worker, one step after the other, and watches what lands at the emulator.

import { sendWebhook } from '../samples/send-webhook.ts';
import type { Secrets } from '../samples/send-webhook.ts';
import { story } from '../samples/story.ts';
import type { StoryStep } from '../samples/story.ts';
import { landedFor } from './landed.ts';
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

/** One step after the other, of a person who is new. */
export async function* tell(stage: Stage): AsyncGenerator<Told> {
  const tag = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  for (const step of story(tag, Math.floor(Date.now() / 1000))) {
    yield await tellStep(step, `user_${tag}`, stage);
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

async function tellStep(step: StoryStep, userId: string, stage: Stage): Promise<Told> {
  const { workerUrl, emulatorUrl, secrets } = stage;
  // An earlier telling may still be landing: only this one's person counts.
  const before = await landedFor(userId, emulatorUrl);
  const startedAt = Date.now();
  const sent = [];
  for (const webhook of step.webhooks) {
    const outcome = await sendWebhook(workerUrl, webhook, secrets);
    sent.push({ type: String(webhook.body['type']), outcome });
  }
  let landed: string[] = [];
  const isComplete = await until(async () => {
    const state = await landedFor(userId, emulatorUrl);
    const identified = state.identifies.length > before.identifies.length ? ['identify'] : [];
    const events = state.events.slice(before.events.length).map((each) => each.event);
    landed = [...identified, ...events];
    return step.lands.every((event) => events.includes(event));
  }, LANDS_WITHIN_MS);
  return { title: step.title, sent, landed, ms: Date.now() - startedAt, isComplete };
}
