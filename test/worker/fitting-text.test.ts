// The runtime of the Worker knows where a character ends, as Node does.

import { expect, it } from 'vitest';

import { attributeText } from '../../src/person/fitting-text.ts';

it('cuts a text at the end of a character', () => {
  expect(attributeText(`x${'👩🏽‍🚀'.repeat(200)}`)).toBe(`x${'👩🏽‍🚀'.repeat(66)}`);
});
