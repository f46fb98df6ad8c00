// The raw body at its bounds: what is kept, what is only read, and what is not even read.

import { describe, expect, it } from 'vitest';

import { BODY_BYTES_MAX, READ_BYTES_MAX, readBody } from '../../src/door/read-body.ts';

const PIECE = 65_536;

/** A body that counts what is taken of it. */
function posted(bytes: number, headers: Readonly<Record<string, string>> = {}) {
  const taken = { bytes: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const length = Math.min(PIECE, bytes - taken.bytes);
        if (length === 0) return controller.close();
        taken.bytes += length;
        controller.enqueue(new Uint8Array(length).fill(120));
      },
    },
    { highWaterMark: 0 },
  );
  const init = { method: 'POST', body, headers, duplex: 'half' } as const;
  return { taken, request: new Request('http://relay.test/webhooks/stripe', init) };
}

const declared = (bytes: number) => ({ 'content-length': String(bytes) });

describe('readBody', () => {
  it.each([
    ['without a length', {}],
    ['with its length', declared(BODY_BYTES_MAX)],
  ])('reads a body of the cap whole, %s', async (_, headers) => {
    const { request } = posted(BODY_BYTES_MAX, headers);
    expect((await readBody(request))?.length).toBe(BODY_BYTES_MAX);
  });

  it.each([BODY_BYTES_MAX + 1, READ_BYTES_MAX])(
    'refuses %i bytes, and takes them all so that the sender hears it',
    async (bytes) => {
      for (const headers of [{}, declared(bytes)]) {
        const { taken, request } = posted(bytes, headers);
        expect(await readBody(request)).toBeNull();
        expect(taken.bytes).toBe(bytes);
      }
    },
  );

  it('takes little more than twice the cap of a body that does not end', async () => {
    const { taken, request } = posted(100 * BODY_BYTES_MAX);
    expect(await readBody(request)).toBeNull();
    expect(taken.bytes).toBeLessThanOrEqual(READ_BYTES_MAX + 2 * PIECE);
  });

  it('takes nothing of a body that says it is longer than that', async () => {
    const { taken, request } = posted(READ_BYTES_MAX + 1, declared(READ_BYTES_MAX + 1));
    expect(await readBody(request)).toBeNull();
    expect(taken.bytes).toBe(0);
  });
});
