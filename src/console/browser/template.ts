// Templates to pages: the part of Mustache that pages need, so that their markup lies beside the Worker (public/) and not in
// it. What is put in is text, always: escaped, and with what is invisible made visible. Their text is read when they are put
// there (parse-template.ts). Pure.
//
// {{path}} a value, {{path|filter|filter}} what filters make of it, {{=path}} as it was typed (line ends stay). {{#path}} … {{/}} for
// each of a list, or once where there is something, {{^path}} … {{/}} where there is nothing, {{#path=word}} where it is this
// word. {{>part}} another template, {{>part path}} about that value. `.` is the thing itself, `.name` of it what it may have. Any
// other name that nobody has is a fault.

import type { Node, Tag } from '../../platform/assets.ts';
import { printable } from './printable.ts';

/** What it makes is shown as it is, so what is invisible has to be out of it. `now`: Unix milliseconds. */
export type Filter = (value: unknown, now: number) => unknown;

/** What names are looked for in, from the last to the first: never an object whose names came from outside. */
type Scope = readonly unknown[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function openTemplates(
  templates: Readonly<Record<string, readonly Node[]>>,
  filters: Readonly<Record<string, Filter>>,
) {
  /** One page, or a part of one. */
  function render(name: string, scope: Scope, now: number): string {
    const template = templates[name];
    if (template === undefined) throw new Error(`no template is called ${name}`);
    return shown(template, scope);

    function shown(nodes: readonly Node[], within: Scope): string {
      return nodes
        .map((node) => (typeof node === 'string' ? node : shownTag(node, within)))
        .join('');
    }

    function shownTag(tag: Tag, within: Scope): string {
      const { kind, part, path } = tag;
      if (kind === '>' && part === '') return render(path, within, now);
      const value = valueOf(tag, within);
      if (kind === '>') return render(part, [...within, value], now);
      if (kind === '#' || kind === '^') return section(tag, value, within);
      const isMade = kind === '=' || tag.filters.length > 0;
      return escaped(isMade ? String(value) : printable(value));
    }

    function section({ kind, word, inner }: Tag, value: unknown, within: Scope): string {
      if (kind === '#' && word === undefined && Array.isArray(value)) {
        return value.map((each) => shown(inner, [...within, each])).join('');
      }
      const isThere = word === undefined ? isSomething(value) : String(value) === word;
      if (isThere !== (kind === '#')) return '';
      return shown(inner, word === undefined && isThere ? [...within, value] : within);
    }

    function valueOf({ path, filters: names }: Tag, within: Scope): unknown {
      return names.reduce((value, each) => filterOf(each)(value, now), found(path, within));
    }
  }

  function filterOf(name: string): Filter {
    const filter = filters[name];
    if (filter === undefined) throw new Error(`no filter is called ${name}`);
    return filter;
  }

  return render;
}

function found(path: string, scope: Scope): unknown {
  const names = path.split('.').filter(Boolean);
  const isOfThis = path.startsWith('.');
  const owner = isOfThis ? scope.at(-1) : scope.findLast((each) => has(each, names[0] ?? ''));
  if (owner === undefined && !isOfThis) throw new Error(`nothing here is called ${path}`);
  return names.reduce(
    (value, name) => (has(value, name) ? Reflect.get(value, name) : undefined),
    owner,
  );
}

function has(value: unknown, name: string): value is object {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}

function isSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
