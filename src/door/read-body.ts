// The raw body as text, never more of it than the cap: memory is 128 MB.

/** The largest webhook of Clerk or Stripe seen is 30 KB; design contract: 512 KiB. */
export const BODY_BYTES_MAX = 524_288;

/** Null when the body is over the cap; the rest of it is not read. */
export async function readBody(request: Request): Promise<string | null> {
  const length = request.headers.get('content-length');
  if (Number(length ?? 0) > BODY_BYTES_MAX) return null;
  // The platform reads no more than a length says, and whole bodies cost a tenth of the CPU less than streams.
  return length === null ? readStream(request) : textOf(await request.arrayBuffer());
}

/** Without a length it is counted while it is read. */
async function readStream({ body }: Request): Promise<string | null> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return textOf(await new Blob(chunks).arrayBuffer());
}

function textOf(bytes: ArrayBuffer): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes);
}
