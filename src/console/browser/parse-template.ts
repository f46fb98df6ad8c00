// The text of a template as what pages are made of (template.ts): read once, by `npm run assets`. Pure.

import type { Node, Tag } from '../../platform/assets.ts';

const TAG = /^([#^>=]?)(?:(\S+) )?([\w.]+)((?:\|\w+)*)(?:=([\w-]+))?$/;

/** Throws where it says something that is no tag, or does not end what it begins. */
export function parseTemplate(text: string): readonly Node[] {
  const top: Node[] = [];
  const open = [top];
  text.split(/\{\{([^}]+)\}\}/).forEach((piece, index) => {
    const nodes = open.at(-1) ?? top;
    if (index % 2 === 0) nodes.push(piece);
    else if (piece === '/') open.pop();
    else {
      const tag = tagOf(piece);
      nodes.push(tag);
      if (tag.kind === '#' || tag.kind === '^') open.push(tag.inner);
    }
  });
  if (open.length !== 1) throw new Error('a section of a template does not end where it should');
  return top;
}

function tagOf(piece: string): Tag {
  const [, kind = '', part = '', path, filters = '', word] = TAG.exec(piece) ?? [];
  if (path === undefined) throw new Error(`no tag of a template: ${piece}`);
  return { kind, part, path, word, filters: filters.split('|').filter(Boolean), inner: [] };
}
