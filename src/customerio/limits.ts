// Sizes Customer.io takes. A KB is read as 1000 bytes, the smaller reading, so we are never over.
// https://docs.customer.io/files/pipelines.json

export const BATCH_BYTES_MAX = 500_000;
export const MESSAGE_BYTES_MAX = 32_000;

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
