// What `npm start` printed, as a picture of a terminal and back again. Pure. https://www.w3.org/TR/SVG2/

export const COLUMNS = 80;

const LINE_HEIGHT = 19;
const CHARACTER = 8.1;
const PADDING = 18;
const TOP = 46;
/** Between two steps, as if they were told: the picture plays once and then stands. */
const STEP_SECONDS = 0.6;

const COLORS: Readonly<Record<string, string>> = {
  accepted: 'good',
  waiting: 'wait',
  duplicate: 'dim',
};

export function pictureOf(lines: readonly string[]): string {
  const width = Math.ceil(COLUMNS * CHARACTER + 2 * PADDING);
  const height = TOP + lines.length * LINE_HEIGHT + PADDING - 6;
  let step = 0;
  const texts = lines.map((line, index) => {
    if (isHead(line)) step += 1;
    const y = TOP + index * LINE_HEIGHT + 12;
    const delay = (step * STEP_SECONDS).toFixed(1);
    return `  <text x="${PADDING}" y="${y}" style="animation-delay:${delay}s">${marked(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <title>One customer, from sign-up to goodbye, as npm start tells it</title>
  <style>
    text { font: 13.5px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d5dbe3; white-space: pre; animation: told 0.4s backwards; }
    .head { font-weight: 700; fill: #ffffff; }
    .good { fill: #56d364; }
    .wait { fill: #e3b341; }
    .dim { fill: #9aa5b1; }
    @keyframes told { from { opacity: 0.2; } }
    @media (prefers-reduced-motion: reduce) { text { animation: none; } }
  </style>
  <rect width="${width}" height="${height}" rx="10" fill="#14181f"/>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="none" stroke="#57606a"/>
  <circle cx="22" cy="21" r="6" fill="#f0625a"/>
  <circle cx="42" cy="21" r="6" fill="#e3b341"/>
  <circle cx="62" cy="21" r="6" fill="#56d364"/>
${texts.join('\n')}
</svg>
`;
}

/** The lines of a picture, as they were printed. */
export function linesIn(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text = '']) =>
    text
      .replaceAll(/<[^>]+>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&amp;', '&'),
  );
}

function isHead(line: string): boolean {
  return /^[✓!] /.test(line);
}

function marked(line: string): string {
  const text = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const [, mark = '', title = '', time = ''] = /^([✓!])( \S.*\S)( +\d+ ms)$/.exec(text) ?? [];
  if (mark !== '') {
    return `${span('good', mark)}${span('head', title)}${span('dim', time)}`;
  }
  const outcome = /^ {4}[\w.]+ +(accepted|waiting|duplicate)\b/.exec(text)?.[1];
  if (outcome === undefined) return /^ {4}[A-Z]|^ {4}\w+ \w+/.test(text) ? span('dim', text) : text;
  return text.replace(outcome, span(COLORS[outcome] ?? 'dim', outcome));
}

function span(name: string, text: string): string {
  return `<tspan class="${name}">${text}</tspan>`;
}
