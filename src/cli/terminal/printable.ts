// Text that strangers wrote, as a terminal may see it. A terminal obeys what it prints: ESC and the C1 controls recolour
// lines, set titles and answer for whoever sits there, bidi controls swap what is read, and a line break forges a line.
// So each of them is printed as \u001b: shown, and not done. Pure.

/** C0, DEL and C1; Unicode's line separators and bidi controls (UAX 9), its deprecated format controls with them. */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/gu;

/** One line, whatever was in it. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, escaped);
}

/** JSON in which every such character is escaped, also those that JSON itself would let through. */
export function jsonText(value: unknown, indent = 2): string {
  // Inside a string a line break is escaped already: what is left of them is the layout.
  return JSON.stringify(value, null, indent).replaceAll(CONTROLS, (control) =>
    control === '\n' ? control : escaped(control),
  );
}

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
