// What npm start prints and takes: the story at 80 columns, and options with a sentence for each mistake.

import { stripVTControlCharacters } from 'node:util';

import { describe, expect, it } from 'vitest';

import { story } from '../../src/samples/story.ts';
import { optionsOf, portIn, START_OPTIONS, START_USAGE } from '../../src/start/options.ts';
import { withReason } from '../../src/start/told-text.ts';

describe('the story as text', () => {
  const told = story('tag', 1_790_000_000).map(({ title, webhooks, lands }) => ({
    title,
    sent: webhooks.map(({ body }) => ({ type: String(body['type']), outcome: 'waiting' })),
    landed: ['identify', ...lands],
    ms: 100_000,
    isComplete: true,
  }));

  it('fits 80 columns, with no word broken', () => {
    const textOf = withReason();
    const lines = told.flatMap((step) =>
      stripVTControlCharacters(textOf(step).join('\n')).split('\n'),
    );
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join('\n')).toContain('subscription_past_due');
  });

  it('says once why waiting is fine', () => {
    const textOf = withReason();
    const text = told.flatMap(textOf).join('\n');
    expect(text.match(/Waiting is fine/g)).toHaveLength(1);
  });

  it('marks what has not landed', () => {
    const [step] = told;
    if (step === undefined) throw new Error('no story');
    const [head = ''] = withReason()({ ...step, isComplete: false });
    expect(stripVTControlCharacters(head)).toMatch(/^! signs up/);
  });
});

describe('the options', () => {
  it('a typing error is answered with the usage', () => {
    expect(() => optionsOf(START_OPTIONS, START_USAGE, ['--prot', '1'])).toThrow(
      /Unknown option '--prot'[^]*How it is used: npm start/,
    );
  });

  it.each(['abc', '0', '99999', '', '1e3', '-1'])('"%s" is no port', (text) => {
    expect(() => portIn(text, '--port')).toThrow('--port needs a number from 1 to 65535.');
  });

  it('a port is a port', () => {
    expect(portIn('65535', '--port')).toBe(65_535);
  });
});
