import { Composer, LineCounter, type ScalarTag } from 'yaml';
import { type Checked, type Complaint, complaint, failed } from '../complaint.ts';
import { buildTree } from './build.ts';
import { maxDepth } from './limits.ts';
import { type Scan, scan } from './scan.ts';
import { syntaxSentence } from './syntax.ts';
import type { MapTree, Place } from './tree.ts';

/** YAML text to a tree, or every complaint about its syntax. Never throws. */
export const parseYaml = (file: string, text: string): Checked<MapTree> => {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), col: Math.max(1, col) };
  };
  const at = (offset: number, sentence: string): Complaint => complaint({ ...place(offset), path: '' }, sentence);

  const found = scan(text, lines);
  if (found.tooDeep !== undefined) return failed([at(found.tooDeep, `this nests deeper than ${maxDepth} levels`)]);
  const [document, second] = compose(found.tokens, text.length);
  if (document === undefined || document.contents === null) {
    return failed([at(0, 'the manifest is empty; it starts with apiVersion: lab/v1')]);
  }
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    // What follows an unquoted `${` is its consequence.
    const [firstUnquoted = Number.POSITIVE_INFINITY] = found.unquoted;
    const causes = errors.filter(({ pos: [offset] }) => offset < firstUnquoted);
    return failed([
      ...causes.slice(0, shownErrors).map(({ code, pos: [offset] }) => at(offset, syntaxSentence(code))),
      ...found.unquoted.map((offset) => at(offset, unquoted)),
    ]);
  }
  if (second !== undefined) {
    return failed([at(second.range[0], 'a second YAML document starts here; a manifest is one document')]);
  }
  return buildTree(document.contents, place);
};

// One slip makes many errors after it.
const shownErrors = 20;

const unquoted = 'quote the value: inside { } and [ ], an unquoted ${ starts a map; write "${…}"';

// A tag of its own keeps `!remove` from being an unknown one; buildTree looks at the tag itself.
const remove: ScalarTag = { tag: '!remove', resolve: () => null };

// Duplicate keys are found in buildTree, which is linear.
const compose = (tokens: Scan['tokens'], end: number) => [
  ...new Composer({ stringKeys: true, uniqueKeys: false, customTags: [remove] }).compose(tokens, true, end),
];
