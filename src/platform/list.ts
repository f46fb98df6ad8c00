// Lists in one value: a secret may be two, separated by a comma, while it is rotated.

export function listIn(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
