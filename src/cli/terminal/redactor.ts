// Blots out what was configured as a secret, by whatever way it got into a text. Pure.

import { jsonText, printable } from './printable.ts';
import { SECRET_NAMES } from './settings.ts';
import type { Values } from './settings.ts';

/** Shorter values are ordinary words: blotting them out would only spoil sentences. */
const SECRET_LENGTH_MIN = 6;

export function redactor(values: Values): (text: string) => string {
  const secrets = [...secretsIn(values), ...passwordsIn(values)];
  const longestFirst = [...new Set(secrets.flatMap(formsOf))].toSorted(
    (a, b) => b.length - a.length,
  );
  return (text) =>
    longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '[secret]'), text);
}

function secretsIn(values: Values): string[] {
  return SECRET_NAMES.flatMap((name) => {
    const value = values[name];
    return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : [];
  }).filter((secret) => secret.length >= SECRET_LENGTH_MIN);
}

/** Of addresses that hold a user and a password: both, as they stand before the @. */
function passwordsIn(values: Values): string[] {
  return Object.values(values).flatMap((value) => {
    if (typeof value !== 'string' || !URL.canParse(value)) return [];
    const { username, password } = new URL(value);
    if (`${username}${password}` === '') return [];
    const typed = /\/\/([^/?#]*)@/.exec(value)?.[1] ?? '';
    const alone = password.length < SECRET_LENGTH_MIN ? [] : [password];
    return [`${username}:${password}@`, `${typed}@`, ...alone];
  });
}

/** As it is, as a line shows it and as JSON does. */
function formsOf(secret: string): string[] {
  return [secret, printable(secret), jsonText(secret).slice(1, -1)];
}
