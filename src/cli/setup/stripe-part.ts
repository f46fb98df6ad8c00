// Set-up at Stripe: the key, the endpoint, and its signing secret, which Stripe shows once.

import { problem } from '../doctor/check.ts';
import type { Check } from '../doctor/check.ts';
import { CliError } from '../terminal/cli-error.ts';
import type { Asker } from './asker.ts';
import type { Draft } from './draft.ts';
import { keyStep } from './key-step.ts';
import type { SetupRun } from './run.ts';
import { sayStripe, stripeStep } from './stripe-step.ts';
import type { StripeStep } from './stripe-step.ts';
import { stripeSteps } from './words.ts';

/** What a step has found wrong, and what it leaves to do by hand. */
export type Part = { readonly checks: readonly Check[]; readonly todo: readonly string[] };

export async function stripePart(run: SetupRun, relay: string | null): Promise<Part> {
  const { draft, ask, options } = run;
  await keyStep(draft, ask, {
    name: 'STRIPE_SECRET_KEY',
    without: 'the endpoint is made by hand',
  });
  const wish = { relay: relay ?? 'http://localhost', addEvents: options.addEvents === true };
  const step = await stripeStep(draft.sessionWith(), wish).catch(notDone);
  if (step instanceof CliError) return { checks: [notMade(step)], todo: [] };
  const words = sayStripe(step);
  if (step.kind === 'created') draft.keep('STRIPE_WEBHOOK_SECRET', step.secret);
  const byHand = step.kind === 'no_key' && relay !== null ? stripeSteps(relay) : [];
  if (step.kind === 'created' || ask === null) {
    if (ask === null) await keyStep(draft, null, STRIPE_SECRET);
    else ask.say(words);
    const isSet = draft.textOf('STRIPE_WEBHOOK_SECRET') !== '';
    return { checks: [], todo: [...words, ...(isSet ? [] : byHand), ''] };
  }
  ask.say([...words, ...byHand]);
  await keepAsked(draft, ask);
  return { checks: [], todo: saidOf(step, words) };
}

const STRIPE_SECRET = {
  name: 'STRIPE_WEBHOOK_SECRET',
  without: "Stripe's webhooks are answered 503",
};

async function keepAsked(draft: Draft, ask: Asker): Promise<void> {
  if (draft.textOf('STRIPE_SVIX_SIGNING_SECRET') === '') await keyStep(draft, ask, STRIPE_SECRET);
}

function saidOf(step: StripeStep, words: readonly string[]): string[] {
  return step.kind === 'there' && step.missing.length > 0 ? [...words, ''] : [];
}

function notDone(error: unknown): CliError {
  if (error instanceof CliError) return error;
  throw error;
}

function notMade({ message, todo }: CliError): Check {
  return problem('Stripe endpoint', message, todo ?? 'Run setup again.');
}
