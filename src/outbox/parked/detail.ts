// What the list of parked things shows of an upstream's reason: the upstream may have quoted what it was sent, or what it
// has about the person. Pure; the text is at most some hundred characters.

/** What Customer.io calls the parts of a message: these it may quote. */
const FIELDS: ReadonlySet<string> = new Set(
  `batch type userId event traits properties messageId timestamp to identifiers id email
  message_data transactional_message_id`.split(/\s+/),
);

const QUOTED = /"[^"]*"|`[^`]*`|'[^']*'/g;

/** Letters and digits: what a value is recognized by, wherever it stands and however it is written. */
const WORD = /[\p{L}\p{N}]+/gu;

const HIDDEN = '…';

/** Without anything quoted, any address, any long number, and any word that stands in a value of the message. */
export function withoutPersonal(detail: string, message: unknown): string {
  const personal = new Set(valuesIn(message).flatMap(wordsOf));
  return detail
    .replaceAll(QUOTED, (quoted) => (FIELDS.has(quoted.slice(1, -1)) ? quoted : HIDDEN))
    .split(' ')
    .map((word) => (word.includes('@') ? HIDDEN : word))
    .join(' ')
    .replaceAll(WORD, (word) => (isPersonal(word, personal) ? HIDDEN : word));
}

function isPersonal(word: string, personal: ReadonlySet<string>): boolean {
  return personal.has(word.toLowerCase()) || /\d{4}/.test(word);
}

function wordsOf(value: string): string[] {
  return value.toLowerCase().match(WORD) ?? [];
}

/** What a message says about the person: not how the message is made, and not the names of its fields. */
function valuesIn(message: unknown): string[] {
  if (typeof message !== 'object' || message === null) return [];
  return Object.entries(message).flatMap(([name, value]) =>
    ['traits', 'properties', 'userId'].includes(name) ? leavesOf(value) : [],
  );
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leavesOf);
}
