// HMAC-SHA-256 by WebCrypto, as both signature schemes use it: the secret is a key, the body is signed once for each
// secret, and a signature is compared without telling where it differs.

/** Svix and Stripe send one signature per secret while a secret is rotated: more than this are not looked at. */
export const SIGNATURES_MAX = 8;

/** Eight signatures are below 700 characters; what is longer than this is nobody's we know. */
export const HEADER_LENGTH_MAX = 4096;

/** Seconds, either way. Svix and Stripe's libraries both refuse what is older. */
export const TOLERANCE_SECONDS = 300;

/** More secrets than this are never configured; the bound keeps a mistake from filling memory. */
const KEYS_MAX = 16;

/** Named by what makes it: the Worker's types and Node's have no common name for it. */
type Key = ReturnType<typeof crypto.subtle.importKey>;

type Signed = {
  /** What the sender says it has signed. */
  readonly message: string;
  /** As the sender writes them, in the alphabet of `written`. */
  readonly signatures: readonly string[];
  /** Of each secret that may have been used; null: it is none. */
  readonly keys: readonly (Key | null)[];
  /** How the sender writes the bytes of a signature. */
  readonly written: (bytes: Uint8Array) => string;
};

/** Any signature may be by any key. */
export async function isSigned(signed: Signed): Promise<boolean> {
  if (signed.signatures.length === 0) return false;
  for (const key of signed.keys) {
    if (key === null) continue;
    // Once for each secret, however many signatures there are: the body is the work.
    const expected = signed.written(await signatureOf(signed.message, key));
    if (signed.signatures.some((signature) => isSame(signature, expected))) return true;
  }
  return false;
}

/** What a sender who has this key would send along. */
export async function signatureOf(message: string, key: Key): Promise<Uint8Array> {
  const bytes = new Uint8Array(new TextEncoder().encode(message));
  return new Uint8Array(await crypto.subtle.sign('HMAC', await key, bytes));
}

/** `seconds` in Unix seconds, `now` in Unix milliseconds. */
export function isRecent(seconds: number, now: number): boolean {
  return Math.abs(Math.floor(now / 1000) - seconds) <= TOLERANCE_SECONDS;
}

/** Looks at every character, so that the time it takes says nothing about where they differ. */
function isSame(given: string, expected: string): boolean {
  let differs = given.length ^ expected.length;
  for (let index = 0; index < expected.length; index += 1) {
    differs |= expected.charCodeAt(index) ^ given.charCodeAt(index);
  }
  return differs === 0;
}

/**
 * The keys of secrets, each decoded and imported once in an isolate: that is a third of a verification. `bytesOf` says what of
 * a secret is its key; nothing: it is none.
 */
export function openKeys(bytesOf: (secret: string) => Uint8Array): (secret: string) => Key | null {
  const keys = new Map<string, Key | null>();
  return (secret) => {
    const known = keys.get(secret);
    if (known !== undefined) return known;
    if (keys.size >= KEYS_MAX) keys.clear();
    const key = imported(bytesOf(secret));
    keys.set(secret, key);
    return key;
  };
}

function imported(bytes: Uint8Array): Key | null {
  if (bytes.length === 0) return null;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', new Uint8Array(bytes), algorithm, false, ['sign']);
}
