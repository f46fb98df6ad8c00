// Scripted faults: what the next API requests meet instead of a healthy Customer.io.
//   503            that status                 429 Retry-After 2   that status with the header
//   200            as usual                    200 html            a success that is not JSON
//   timeout        no answer at all            reset               the connection is torn down
//   slow 500       as usual, so many ms later  301 http://…        a redirect
//   half           done, but its answer breaks off
//   large 50 503   that status where a request has more than 50 messages
//   each 4         as usual, and its answer comes so many ms later for each message

export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'html' }
  | { readonly kind: 'half' }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'large'; readonly items: number; readonly status: number }
  | { readonly kind: 'each'; readonly ms: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
    };

/** Reads a script such as `503,503,429 Retry-After 2,200`; throws on a word it does not know. */
export function parseScript(text: string): Fault[] {
  return text
    .split(',')
    .map((step) => step.trim())
    .filter((step) => step !== '')
    .map(parseStep);
}

function parseStep(step: string): Fault {
  const [word = '', ...rest] = step.split(/\s+/);
  const [first = '0', second = '503'] = rest;
  switch (word) {
    case 'timeout':
    case 'reset':
    case 'half':
      return { kind: word };
    case 'slow':
    case 'each':
      return { kind: word, ms: Number(first) };
    case 'large':
      return { kind: word, items: Number(first), status: Number(second) };
    default:
      return statusStep(step, word, rest);
  }
}

function statusStep(step: string, word: string, rest: readonly string[]): Fault {
  const status = Number(word);
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error(`unknown step "${step}" in the script`);
  }
  if (status === 200) return rest[0] === 'html' ? { kind: 'html' } : { kind: 'none' };
  if (status < 400) return { kind: 'status', status, headers: { location: rest[0] ?? '/' } };
  const [name, value] = rest;
  const headers = name === undefined || value === undefined ? {} : { [name]: value };
  return { kind: 'status', status, headers };
}
