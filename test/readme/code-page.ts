// docs/codes.md from the one table of codes, which the command line and the console read, too. Pure.

import { allCodes, codeOf } from '../../src/watch/codes.ts';

const HEAD = `# Every code

What the log, health, alerts, the operator's routes and the command line say, each with its sentence and what to do. Made from
\`src/watch/codes.ts\` by \`npm run readme\`; a test holds both together. A reason after \`paused_\`, and a provider after \`silent_\` or
\`unusable_\`, belong to the code without them.

| code | it means | do |
|---|---|---|
`;

export function codePage(): string {
  const rows = allCodes().map((code) => {
    const { sentence, remedy } = codeOf(code) ?? { sentence: '', remedy: null };
    return `| \`${code}\` | ${cell(sentence)} | ${remedy === null ? '–' : cell(remedy)} |\n`;
  });
  return `${HEAD}${rows.join('')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
