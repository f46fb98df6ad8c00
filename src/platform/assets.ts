// What lies beside the Worker: the templates of the console's pages, and what is said of every code. One file under public/,
// whose name changes with what is in it: `npm run assets` writes both, and a test holds the name to the contents.

const FILE = 'console-b9f822bfd4.json';

type Assets = {
  readonly templates: Readonly<Record<string, readonly Node[]>>;
  readonly codes: Readonly<Record<string, SaidOfCode>>;
};

/** Of a template: text, or a tag of it. */
export type Node = string | Tag;

/** `word` undefined: anything that is something. */
export type Tag = {
  readonly kind: string;
  readonly part: string;
  readonly path: string;
  readonly filters: readonly string[];
  readonly word?: string | undefined;
  readonly inner: Node[];
};

type SaidOfCode = {
  readonly sentence: string;
  /** What to do, in order: each piece is either text or a command, and the other one is empty. */
  readonly remedy: readonly { readonly text: string; readonly command: string }[];
};

/** The binding, as far as it is asked. */
export type Beside = { readonly ASSETS: { fetch(url: string): Promise<Response> } };

/** Throws where it is not there. */
export async function readAssets(env: Beside): Promise<Assets> {
  const answer = await env.ASSETS.fetch(`https://assets/${FILE}`);
  if (!answer.ok) throw new Error(`the pages of the console are not there: ${answer.status}`);
  return JSON.parse(await answer.text());
}
