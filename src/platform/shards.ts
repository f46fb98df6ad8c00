// Which shard holds what. A key's shard never changes while the layout stands, and the layout is fixed at first
// use: other numbers would look for people where they are not.

/** `shards` Durable Objects of each class, in a jurisdiction or anywhere. */
export type Layout = { readonly shards: number; readonly jurisdiction: 'eu' | null };

/** Where an object is made when it is asked for the first time, and stays: near the Customer.io it sends to. */
export type Location = 'enam' | 'weur';

/** https://developers.cloudflare.com/durable-objects/reference/data-location/ */
export function hinted(locationHint: Location | undefined): { readonly locationHint?: Location } {
  return locationHint === undefined ? {} : { locationHint };
}

/** FNV-1a, 32 bits: stable for ever, spread evenly enough for ids that are random anyway. */
export function shardOf(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash % shards;
}

export function shardName(index: number): string {
  return `s${index}`;
}

/** Every shard of a layout, by name. */
export function shardNames({ shards }: Layout): string[] {
  return Array.from({ length: shards }, (_, index) => shardName(index));
}

/**
 * Calls a shard, once more if the platform says that is safe. A stub that threw is dead, so the second call
 * gets a fresh one.
 * https://developers.cloudflare.com/durable-objects/best-practices/error-handling/
 */
export async function callShard<Stub, Value>(
  stub: () => Stub,
  call: (stub: Stub) => Promise<Value>,
): Promise<Value> {
  try {
    return await call(stub());
  } catch (error) {
    if (!isRetryable(error)) throw error;
    return call(stub());
  }
}

function isRetryable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isSafe = 'retryable' in error && error.retryable === true;
  const isOverloaded = 'overloaded' in error && error.overloaded === true;
  return isSafe && !isOverloaded;
}
