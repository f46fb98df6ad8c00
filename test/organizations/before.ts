// What the release before organizations told of the corpus, as lines: of a single webhook its whole messages, of a life what each
// webhook was answered, the names of what it told, and a hash of all of it. README.md of the tests says how it was recorded.

import { createHash } from 'node:crypto';

import type { SampleWebhook } from '../../src/samples/send-webhook.ts';
import { lives, samples } from './corpus.ts';
import { play } from './play.ts';
import type { Told } from './play.ts';

export async function tellAll(vars: object = {}): Promise<string[]> {
  const lines: string[] = [];
  for (const { name, webhooks } of samples()) {
    for (const { outcome, sent } of await play(webhooks, vars)) {
      lines.push(`${name}: ${outcome}`, ...sent.map((each) => `  ${each}`));
    }
  }
  for (const { name, webhooks } of lives()) {
    lines.push(
      `${name}:`,
      ...(await play(webhooks, vars)).map((told, index) => `  ${lineOf(webhooks[index], told)}`),
    );
  }
  return lines;
}

function lineOf(webhook: SampleWebhook | undefined, { outcome, sent }: Told): string {
  const type = String(Object(webhook?.body)['type']);
  if (sent.length === 0) return `${type}: ${outcome}`;
  const names = sent.map((each) => {
    const { type: kind, event } = JSON.parse(each.slice(each.indexOf('{')));
    return String(event ?? kind);
  });
  const hash = createHash('sha256').update(sent.join('\n')).digest('hex').slice(0, 12);
  return `${type}: ${outcome} ${names.join(' ')} ${hash}`;
}
