// The raw body as text, counted while it is read: a length header can lie, and memory is 128 MB.

/** The largest webhook of Clerk or Stripe seen is 30 KB; design contract: 512 KiB. */
export const BODY_BYTES_MAX = 524_288;

/** Null when the body is over the cap; the rest of it is not read. */
export async function readBody(request: Request): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return null;
  if (request.body === null) return '';
  const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_MAX) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
