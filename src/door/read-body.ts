// The raw body as text, never more of it in memory than twice the cap: that is 128 MB for everything. Of a body over the cap a
// bounded rest is read and thrown away: most clients write before they read, and lose an answer that comes too early to
// a broken pipe. What is longer still is refused at once, and its sender may see a closed connection in place of the 413.

/** The largest webhook of Clerk or Stripe seen is 30 KB; design contract: 512 KiB. */
export const BODY_BYTES_MAX = 524_288;

/** To here a body over the cap is read to its end, so that an ordinary client hears the refusal. */
export const READ_BYTES_MAX = 2 * BODY_BYTES_MAX;

/** Null when the body is over the cap. */
export async function readBody(request: Request): Promise<string | null> {
  const length = request.headers.get('content-length');
  if (length === null) return readStream(request);
  if (Number(length) > READ_BYTES_MAX) return null;
  // The platform reads no more than a length says, and a whole body costs a fraction of the CPU of its pieces: one that is
  // only heard out must not cost more than a good one.
  const bytes = await request.arrayBuffer();
  return bytes.byteLength > BODY_BYTES_MAX ? null : textOf(bytes);
}

/** Without a length it is counted while it is read. */
async function readStream({ body }: Request): Promise<string | null> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > READ_BYTES_MAX) return null;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (bytes > BODY_BYTES_MAX) return null;
  return textOf(await new Blob(chunks).arrayBuffer());
}

function textOf(bytes: ArrayBuffer): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes);
}
