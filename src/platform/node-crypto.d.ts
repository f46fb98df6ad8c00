// The synchronous part of node:crypto that the Worker uses. The full types of Node beside those of workerd would
// make one name (URL, Response, ...) two types.

declare module 'node:crypto' {
  type Hash = {
    update: (data: string) => Hash;
    digest: (encoding: 'hex' | 'base64url') => string;
  };
  export function createHash(algorithm: 'sha256'): Hash;
  export function createHmac(algorithm: 'sha256', key: string): Hash;
}
