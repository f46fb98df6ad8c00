// Templates: what the language does, that nothing that is put in can become markup, and that every page is written in it.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FILTERS } from '../../src/console/browser/filters.ts';
import { parseTemplate } from '../../src/console/browser/parse-template.ts';
import { printable } from '../../src/console/browser/printable.ts';
import { openTemplates } from '../../src/console/browser/template.ts';

const FOLDER = path.join(import.meta.dirname, '../../src/console/browser/templates');
const PAGES = Object.fromEntries(
  readdirSync(FOLDER).map((file) => [
    path.basename(file, '.html'),
    readFileSync(path.join(FOLDER, file), 'utf8'),
  ]),
);
const NOW = 1_000_000_000_000;

function rendered(text: string, data: object, parts: Readonly<Record<string, string>> = {}) {
  const templates = Object.fromEntries(
    Object.entries({ ...parts, page: text }).map(([name, each]) => [name, parseTemplate(each)]),
  );
  return openTemplates(templates, FILTERS)('page', [data], NOW);
}

describe('a template', () => {
  it.each([
    ['{{name}}', { name: 'Ada' }, 'Ada'],
    ['{{a.b.c}}', { a: { b: { c: 1 } } }, '1'],
    ['{{#list}}{{.}};{{/}}', { list: [1, 2] }, '1;2;'],
    ['{{#list}}{{name}}{{of}};{{/}}', { of: '!', list: [{ name: 'a' }] }, 'a!;'],
    ['{{#one}}{{name}}{{/}}', { one: { name: 'a' } }, 'a'],
    ['{{#no}}yes{{/}}{{^no}}no{{/}}', { no: null }, 'no'],
    ['{{#no}}yes{{/}}{{^no}}no{{/}}', { no: [] }, 'no'],
    ['{{#n}}yes{{/}}{{^n}}no{{/}}', { n: 0 }, 'no'],
    ['{{#is=parked}}yes{{/}}{{^is=parked}}no{{/}}', { is: 'parked' }, 'yes'],
    ['{{#is=parked}}yes{{/}}{{^is=parked}}no{{/}}', { is: 'held' }, 'no'],
    ['{{#list.length=1}}one{{/}}', { list: [0] }, 'one'],
    ['{{#each}}{{.was|absent}}{{/}}', { each: [{}, { was: 1 }] }, 'truefalse'],
    ['{{>part}}{{>part other}}', { name: 'a', other: { name: 'b' } }, '(a)(b)'],
    ['{{ms|duration}}, {{at|ago}}', { ms: 90_000, at: NOW - 7_200_000 }, '90 s, 2 h ago'],
    ['{{of|names|list}}', { of: { a: 1, b: 2 } }, 'a, b'],
    ['{{=text}}', { text: 'a\n<b>' }, 'a\n&lt;b&gt;'],
  ])('%s', (text, data, expected) => {
    expect(rendered(text, data, { part: '({{name}})' })).toBe(expected);
  });

  it.each([
    '{{missing}}',
    '{{#missing}}{{/}}',
    '{{>missing}}',
    '{{name|missing}}',
    '{{#name}}',
    '{{toString}}',
    '{{a b c}}',
  ])('that says %s is a fault, and no page', (text) => {
    expect(() => rendered(text, { name: 'a' })).toThrow(/template|filter|called|section/);
  });

  it('lets nothing become markup, whatever is put in, in text and in attributes', () => {
    assert(
      property(string({ unit: 'binary' }), (text) => {
        for (const tag of ['{{text}}', '{{=text}}', '{{text|short}}', '{{text|url}}']) {
          expect(rendered(tag, { text })).not.toMatch(/[<>"']/);
        }
      }),
    );
  });

  it('shows what is hidden in what a stranger wrote, and folds what is long', () => {
    expect(printable('a\u202Eb\u0000\nc')).toBe('a⟨U+202E⟩b⟨U+0000⟩⏎c');
    expect(printable('x'.repeat(500))).toHaveLength(402);
    expect(printable({ a: [1] })).toBe('{"a":[1]}');
  });
});

describe('the pages', () => {
  it.each(Object.keys(PAGES))('%s is written in this language', (name) => {
    expect(() => parseTemplate(PAGES[name] ?? '')).not.toThrow();
  });

  it('name no part and no filter that is not there', () => {
    for (const [name, text] of Object.entries(PAGES)) {
      const parts = [...text.matchAll(/\{\{>([\w-]+)/g)].map(([, part = '']) => part);
      expect({ name, gone: parts.filter((part) => !(part in PAGES)) }).toEqual({ name, gone: [] });
      const filters = [...text.matchAll(/\{\{[^}]*?\|([\w|]+)/g)].flatMap(([, each = '']) =>
        each.split('|'),
      );
      const gone = filters.filter((each) => each !== 'code' && !(each in FILTERS));
      expect({ name, gone }).toEqual({ name, gone: [] });
    }
  });

  it('have no script and no style of their own', () => {
    for (const text of Object.values(PAGES)) expect(text).not.toMatch(/ style=| on\w+=|<script>/);
  });
});
