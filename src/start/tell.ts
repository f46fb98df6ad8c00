// Tells the story to a running Worker, one step after the other, and watches what lands at the emulator.

import { until } from '../../test/support/emulator.ts';
import type { EmulatorClient } from '../../test/support/emulator.ts';
import { signClerk } from '../samples/clerk.ts';
import { story } from '../samples/story.ts';
import type { StoryStep, StoryWebhook } from '../samples/story.ts';
import { signStripe } from '../samples/stripe.ts';

export type Secrets = { readonly clerk: string; readonly stripe: string };

export type Told = {
  readonly title: string;
  readonly sent: readonly string[];
  readonly landed: readonly string[];
  readonly ms: number;
  readonly isComplete: boolean;
};

/** Far beyond what a busy machine needs: the limit ends what hangs. */
const LANDS_WITHIN_MS = 60_000;

export async function* tell(
  workerUrl: string,
  emulator: EmulatorClient,
  secrets: Secrets,
): AsyncGenerator<Told> {
  const tag = Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
  for (const step of story(tag, Math.floor(Date.now() / 1000))) {
    yield await tellStep(step, { workerUrl, emulator, secrets, userId: `user_${tag}` });
  }
}

async function tellStep(
  step: StoryStep,
  stage: {
    readonly workerUrl: string;
    readonly emulator: EmulatorClient;
    readonly secrets: Secrets;
    readonly userId: string;
  },
): Promise<Told> {
  const { workerUrl, emulator, secrets, userId } = stage;
  // An earlier telling may still be landing: only this one's person counts.
  const seen = async () => {
    const { identifies, events } = await emulator.state();
    const isTheirs = (each: { readonly userId: string }) => each.userId === userId;
    return { identifies: identifies.filter(isTheirs), events: events.filter(isTheirs) };
  };
  const before = await seen();
  const startedAt = Date.now();
  const sent = [];
  for (const webhook of step.webhooks) {
    const outcome = await sendWebhook(workerUrl, webhook, secrets);
    sent.push(`${String(webhook.body['type'])} (${outcome})`);
  }
  let landed: string[] = [];
  const isComplete = await until(async () => {
    const state = await seen();
    const identified = state.identifies.length > before.identifies.length ? ['identify'] : [];
    const events = state.events.slice(before.events.length).map((each) => each.event);
    landed = [...identified, ...events];
    return step.lands.every((event) => events.includes(event));
  }, LANDS_WITHIN_MS);
  return { title: step.title, sent, landed, ms: Date.now() - startedAt, isComplete };
}

/** Signs as the provider does and answers the Worker's word for it, or the status it refused with. */
export async function sendWebhook(
  workerUrl: string,
  { provider, body }: StoryWebhook,
  secrets: Secrets,
): Promise<string> {
  const text = JSON.stringify(body);
  const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
  const headers =
    provider === 'clerk'
      ? signClerk(text, { secret: secrets.clerk, id })
      : signStripe(text, { secret: secrets.stripe });
  for (;;) {
    const response = await fetch(`${workerUrl}/webhooks/${provider}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: text,
    });
    const answer = await response.text();
    if (!answer.startsWith(DEV_SERVER_RELOADED)) return outcomeIn(response.status, answer);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/**
 * The development server's own words while it swaps the Worker it has just started for itself. The Worker has not
 * answered, so the webhook comes again, as it would from a provider. What the Worker answers is never repeated.
 */
const DEV_SERVER_RELOADED = 'Your worker restarted';

function outcomeIn(status: number, answer: string): string {
  const { outcome, error = '' } = JSON.parse(answer) as { outcome?: string; error?: string };
  return outcome ?? `${status} ${error}`;
}
