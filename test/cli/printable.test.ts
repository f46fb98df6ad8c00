// Whoever answers may be hostile: what a terminal obeys is shown and not done, in text, errors, prompts and JSON.

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openOutput } from '../../src/cli/terminal/output.ts';
import { jsonText, printable } from '../../src/cli/terminal/printable.ts';
import { isSure } from '../../src/cli/terminal/prompt.ts';
import { clerkSample } from '../../src/samples/events.ts';
import { emulate } from '../emulator/loopback.ts';
import type { ApiAnswer, Emulated } from '../emulator/loopback.ts';
import { lifecycle } from './lifecycle.ts';

/** A title, a cleared screen, C1's one-byte CSI, swapped reading, a forged line, a line drawn over. */
const HOSTILE =
  '\u001b]0;owned\u0007\u001b[2J\u009b31m\u009d0;x\u009c\u202egnp\u2066\u200f\u061c\u2028\nPROBLEM  forged\rover\u007f\u0000\t';

/** What a terminal or its reader could obey, but for the end of a line. */
const OBEYED = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/u;

const asked = vi.hoisted((): string[] => []);
vi.mock('@clack/prompts', () => ({
  isCancel: () => false,
  confirm: async ({ message }: { readonly message: string }) => asked.push(message) > 0,
}));

let api: Emulated;
let answer: ApiAnswer;
let env: Record<string, string>;

beforeAll(async () => {
  api = await emulate(() => answer);
  env = {
    ADMIN_TOKEN: 'an-admin-token-of-24-characters',
    CUSTOMERIO_APP_TOKEN: 'app-key-1',
    CUSTOMERIO_APP_URL: `${api.url}/v1`,
    CUSTOMERIO_TRACK_TOKEN: 'pipelines-key-1',
    CUSTOMERIO_PIPELINES_URL: `${api.url}/v1`,
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_API_URL: api.url,
    CLERK_SECRET_KEY: 'sk_test_2',
    CLERK_API_URL: api.url,
    CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    RELAY_URL: api.url,
  };
});
afterAll(() => api.close());

const refused = { status: 422, body: { errors: [{ message: HOSTILE }] } };
const ok = (body: unknown) => ({ status: 200, body });

const ANSWERS: readonly (readonly [string, ApiAnswer])[] = [
  [
    'people show user_1',
    ok({ customer: { id: HOSTILE, attributes: { [HOSTILE]: HOSTILE, a: [HOSTILE] } } }),
  ],
  [
    'people search --email a@b.test',
    ok({ identifiers: [{ id: HOSTILE, email: HOSTILE, cio_id: HOSTILE }] }),
  ],
  ['segments list', ok({ segments: [{ id: 1, name: HOSTILE, type: HOSTILE, state: HOSTILE }] })],
  ['plans', ok({ data: [priceOf(HOSTILE)] })],
  [
    'parked list',
    ok({ parked: [{ id: HOSTILE, at: 0, reason: HOSTILE, detail: HOSTILE, about: HOSTILE }] }),
  ],
  ['parked replay --all', ok({ outcomes: { [HOSTILE]: 1 } })],
  ['parked replay s0-1', ok({ outcome: HOSTILE })],
  [
    'waiting list',
    ok({
      waiting: [
        { waitsFor: HOSTILE, events: 1, since: HOSTILE, why: HOSTILE, nextLookUpAt: HOSTILE },
      ],
    }),
  ],
  ['status', ok({ shards: [{ name: HOSTILE, pause: HOSTILE }] })],
  ['tail --once', ok({ next: HOSTILE, webhooks: [recentOf(HOSTILE)] })],
  [
    'person user_1',
    ok({
      person: {},
      traits: { [HOSTILE]: HOSTILE },
      messages: [{ message: { event: HOSTILE, timestamp: HOSTILE } }],
    }),
  ],
  [
    'organization org_1',
    ok({
      id: HOSTILE,
      traits: { name: HOSTILE, plan: HOSTILE },
      subscriptions: [{ id: HOSTILE, plan: HOSTILE, status: HOSTILE, buyerId: HOSTILE }],
      customers: [HOSTILE],
      seats: {},
      members: [{ userId: HOSTILE, role: HOSTILE }],
      next: HOSTILE,
      told: [{ at: HOSTILE, userId: HOSTILE, event: HOSTILE, state: HOSTILE, entry: HOSTILE }],
      lane: { shard: HOSTILE, pause: HOSTILE, fanOut: HOSTILE },
      organization: {},
    }),
  ],
  [
    'link cus_1 user_1',
    { status: 409, body: { error: 'link_stands', customerId: 'cus_1', userId: HOSTILE } },
  ],
  ['send clerk user.created', ok({ outcome: HOSTILE })],
  [
    'email send --transactional-message-id 1 --to a@b.test --identifier id=1',
    ok({ delivery_id: HOSTILE }),
  ],
  ['doctor', ok({ status: 'failing', problems: [HOSTILE] })],
  ['segments list', refused],
  ['plans', refused],
  ['status', refused],
  ['identify --user-id user_1', refused],
  ['doctor check-connector --env-name CLERK_SECRET_KEY', refused],
];

/** JSON has one way out: a result, a report, and an error. */
const ANSWERS_IN_JSON = ANSWERS.filter(
  ([args, { status }]) =>
    /^(people show|doctor$|link)/.test(args) || (args === 'plans' && status === 422),
);

function recentOf(text: string) {
  const texts = { provider: text, event: text, type: text, outcome: text, reason: text };
  return { id: text, at: 0, ...texts, told: [text, text], landing: text };
}

function priceOf(text: string) {
  const recurring = { interval: text, interval_count: 1 };
  return { id: text, nickname: text, currency: text, recurring, product: { id: text, name: text } };
}

describe('what a stranger wrote', () => {
  it.each(ANSWERS)('in what %s prints is shown and not done', async (args, hostile) => {
    answer = hostile;
    const { out, err } = await lifecycle(args.split(' '), { env });
    const text = `${out}${err}`;
    expect(text.replaceAll('\n', '')).not.toMatch(OBEYED);
    expect(text).not.toMatch(/^PROBLEM {2}forged/m);
    expect(text).toContain(String.raw`\u001b]0;owned\u0007\u001b[2J`);
  });

  it.each(ANSWERS_IN_JSON)(
    'in the JSON of %s is escaped, and still there',
    async (args, hostile) => {
      answer = hostile;
      const { out, err } = await lifecycle([...args.split(' '), '--json'], { env });
      expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(OBEYED);
      // A doctor's finding and an error quote it; everything else is data, whole.
      expect(JSON.stringify(JSON.parse(out))).toContain(JSON.stringify(HOSTILE).slice(1, 40));
    },
  );

  it('in a payload that is explained, or in what was typed, is shown and not done', async () => {
    const user = clerkSample('user.created');
    const input = JSON.stringify({ ...user, type: HOSTILE }).replaceAll('user_', `user_\u009b`);
    // No argument of a process can hold a zero byte.
    const typed = HOSTILE.replaceAll('\0', '');
    for (const args of [['explain', '-'], ['track', '--user-id', 'u', '--event', typed], [typed]]) {
      const { out, err } = await lifecycle(args, { env, input });
      expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(OBEYED);
    }
  });

  it('is shown and not done in a question', async () => {
    const isTTY = [process.stdin.isTTY, process.stdout.isTTY];
    [process.stdin.isTTY, process.stdout.isTTY] = [true, true];
    try {
      await isSure(openOutput({ isJson: false, values: {} }), `Delete ${HOSTILE}?`);
    } finally {
      [process.stdin.isTTY = false, process.stdout.isTTY = false] = isTTY;
    }
    expect(asked[0]).toContain(String.raw`\u001b]0;owned`);
    expect(asked[0]).not.toMatch(OBEYED);
  });
});

describe('printable', () => {
  it('leaves everything alone that is only read', () => {
    const text = 'Łódź 漢字 עברית العربية 👩‍👩‍👧 \u00a0“x” \\u001b';
    expect(printable(text)).toBe(text);
    expect(JSON.parse(jsonText({ text }))).toEqual({ text });
  });

  it('escapes every C0, C1 and bidi control by its number, in JSON too', () => {
    const codes = [...Array(32).keys(), ...Array.from({ length: 33 }, (_, index) => 0x7f + index)];
    const bidi = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067];
    for (const code of [...codes, ...bidi, 0x2068, 0x2069, 0x2028, 0x2029]) {
      const control = String.fromCharCode(code);
      expect(printable(control)).toBe(String.raw`\u` + code.toString(16).padStart(4, '0'));
      const json = jsonText({ [control]: control });
      expect(json.replaceAll('\n', '')).not.toMatch(OBEYED);
      expect(JSON.parse(json)).toEqual({ [control]: control });
    }
  });
});
