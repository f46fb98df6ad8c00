// Outcomes of an API as sentences: what happened, and what to do.

import type { Failure } from '../../apis/ask-json.ts';
import type { Provider } from '../../intake/provider.ts';
import { CliError } from './cli-error.ts';

/** Who was asked: its name, its address, the setting that holds its key, and advice of its own on a refused key. */
export type Party = {
  readonly name: string;
  readonly url: string;
  readonly secretName: string;
  readonly onRefused: string;
  /** Instead of the network, where something else is likelier. */
  readonly onUnreachable?: string | null;
};

/** A provider's name as it stands in a sentence. */
export function titleOf({ name }: Pick<Provider, 'name'>): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

export function failureOf(answer: Failure, party: Party): CliError {
  const { sentence, todo } = sayFailure(answer, party);
  return new CliError(sentence, { todo });
}

export function sayFailure(
  answer: Failure,
  party: Party,
): { readonly sentence: string; readonly todo: string } {
  switch (answer.kind) {
    case 'unreadable':
      return {
        sentence: `${party.name} said yes, but its answer is cut off or unlike its documentation.`,
        todo: 'Look whether it was done before asking again.',
      };
    case 'rejected':
      return {
        sentence: `${party.name} refuses this (${answer.status}): ${answer.detail}.`,
        todo: 'Correct the request: the key is fine.',
      };
    case 'refused':
      return sayRefused(answer, party);
    case 'retry':
      return sayRetry(answer, party);
  }
}

function sayRefused(answer: Extract<Failure, { kind: 'refused' }>, party: Party) {
  return answer.reason === 'redirected'
    ? {
        sentence: `${party.name} redirects (${answer.status}), which is never followed.`,
        todo: `The address is wrong: ${party.url}. Check the region.`,
      }
    : {
        sentence: `${party.name} refuses the key (${answer.status}).`,
        todo: `Check ${party.secretName}. ${party.onRefused}`.trim(),
      };
}

function sayRetry(answer: Extract<Failure, { kind: 'retry' }>, party: Party) {
  const { name, url } = party;
  switch (answer.reason) {
    case 'rate_limited': {
      const wait =
        answer.retryAfterMs === null ? '' : ` It asks to wait ${answer.retryAfterMs / 1000} s.`;
      return {
        sentence: `${name} answers 429: too many requests, after several tries.${wait}`,
        todo: 'Try again later. Without a Retry-After it may be a daily quota.',
      };
    }
    case 'timed_out':
      return { sentence: `${name} did not answer in time.`, todo: 'Try again in a minute.' };
    case 'upstream_unavailable':
      return {
        sentence: `${name} is out of order (5xx), after several tries.`,
        todo: 'Try again later; its status page may know more.',
      };
    case 'unreachable':
      return {
        sentence: `${name} cannot be reached at ${url}.`,
        todo:
          party.onUnreachable ??
          'Check the network and any proxy; then whether the address is right.',
      };
  }
}
