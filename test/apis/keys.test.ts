// Two keys while one is rotated: whichever is taken, in whatever order they stand.

import { describe, expect, it } from 'vitest';

import { withAnyKey } from '../../src/apis/keys.ts';
import { outcomeOf } from '../../src/apis/outcome.ts';

/** An API that takes one key; which keys it was asked with. */
function apiOf(good: string) {
  const asked: string[] = [];
  const ask = async (key: string) => {
    asked.push(key);
    return outcomeOf({ status: key === good ? 200 : 401, headers: new Headers(), body: '' }, 0);
  };
  return { asked, ask };
}

describe('withAnyKey', () => {
  it('uses the first while it is taken, and asks once', async () => {
    const { asked, ask } = apiOf('old');
    expect(await withAnyKey('old, new', ask)).toEqual({ kind: 'delivered' });
    expect(asked).toEqual(['old']);
  });

  it('goes on with the other once the first is refused, and begins with it from then on', async () => {
    const { asked, ask } = apiOf('good');
    await withAnyKey('gone,good', ask);
    expect(await withAnyKey('gone,good', ask)).toEqual({ kind: 'delivered' });
    expect(asked).toEqual(['gone', 'good', 'good']);
  });

  it('is refused when all of them are', async () => {
    const { asked, ask } = apiOf('another');
    expect(await withAnyKey('one,two', ask)).toMatchObject({ reason: 'credentials_invalid' });
    expect(asked).toEqual(['one', 'two']);
  });

  it('tries no other key on any other answer: a redirect would carry both away', async () => {
    const asked: string[] = [];
    const answer = await withAnyKey('a,b', async (key) => {
      asked.push(key);
      return outcomeOf({ status: 302, headers: new Headers(), body: '' }, 0);
    });
    expect(answer).toMatchObject({ reason: 'redirected' });
    expect(asked).toEqual(['a']);
  });
});
