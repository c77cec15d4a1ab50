import { isAlias, isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from 'yaml';
import { formatPath, type Path } from '../../engine/path.ts';
import { type Checked, type Complaint, complaint, unless } from '../complaint.ts';
import { aliasing } from './aliases.ts';
import type { Entry, LeafTree, MapTree, Place, Tree } from './tree.ts';

/** The composed document as a tree: aliases and merge keys resolved, duplicate keys refused. */
export const buildTree = (contents: ParsedNode, place: (offset: number) => Place): Checked<MapTree> => {
  const complaints: Complaint[] = [];
  const aliases = aliasing();
  const complain = (at: Place, path: Path, text: string): void => {
    complaints.push(complaint({ ...at, path: formatPath(path) }, text));
  };

  const build = (node: ParsedNode, path: Path): Tree => {
    const at = place(node.range[0]);
    if (isAlias(node)) {
      const found = aliases.use(node.source, path.length);
      if (found.ok) return found.tree;
      complain(at, path, found.problem);
      return empty(at);
    }
    const tree = buildPlain(node, at, path);
    if (node.anchor !== undefined) aliases.define(node.anchor, tree);
    return tree;
  };

  const buildPlain = (node: Exclude<ParsedNode, { anchor?: never }>, at: Place, path: Path): Tree => {
    if (node.tag === '!remove') return { is: 'removed', place: at };
    if (isMap(node)) return { is: 'map', place: at, entries: entriesOf(node, path) };
    if (isSeq(node)) {
      const items = node.items.map((item, index) => build(item, [...path, index]));
      return { is: 'list', place: at, items };
    }
    const value = isScalar(node) ? leafValue(node.value) : undefined;
    if (value === undefined) complain(at, path, 'this number cannot be kept exactly; put it in quotes');
    return value === undefined ? empty(at) : { is: 'leaf', place: at, value };
  };

  const entriesOf = (map: YAMLMap.Parsed, path: Path): ReadonlyMap<string, Entry> => {
    const own = new Map<string, Entry>();
    const merged = new Map<string, Entry>();
    for (const pair of map.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : '');
      const at = place(pair.key.range[0]);
      const value = pair.value === null ? empty(at) : build(pair.value, [...path, key]);
      const earlier = own.get(key);
      if (key === '<<') for (const [name, entry] of merges(value, path)) if (!merged.has(name)) merged.set(name, entry);
      if (key === '__proto__') complain(at, path, '__proto__ cannot be a key');
      else if (earlier !== undefined) {
        complain(at, [...path, key], `this key stands here twice, first in line ${earlier.place.line}`);
      } else if (key !== '<<') own.set(key, { place: at, value });
    }
    return merged.size === 0 ? own : new Map([...merged, ...own]);
  };

  // `<<: *a` or `<<: [*a, *b]`: keys beside it win, then those of the earlier map.
  const merges = (value: Tree, path: Path): readonly (readonly [string, Entry])[] => {
    if (value.is === 'map') return [...value.entries];
    if (value.is === 'list') return value.items.flatMap((item) => merges(item, path));
    complain(value.place, path, '<< takes a map, or a list of maps, mostly an alias: <<: *name');
    return [];
  };

  const root = build(contents, []);
  if (root.is === 'map') return unless(complaints, root);
  complain(root.place, [], 'a manifest is a map that starts with apiVersion: lab/v1');
  return unless(complaints, { is: 'map', place: root.place, entries: new Map() });
};

const empty = (place: Place): LeafTree => ({ is: 'leaf', place, value: null });

/** undefined for numbers that JSON or a double cannot hold. */
const leafValue = (value: unknown): LeafTree['value'] | undefined => {
  if (typeof value === 'number') {
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : undefined;
  }
  return typeof value === 'string' || typeof value === 'boolean' || value === null ? value : undefined;
};
