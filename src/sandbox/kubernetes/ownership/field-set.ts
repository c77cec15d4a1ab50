import { type Json, type JsonMap, membersOf, sortedText } from '../json.ts';

/**
 * A set of field paths. Each is a list of elements in the words of managedFields: `f:spec`, `k:{"name":"x"}`, `v:"x"`,
 * joined to one text, so that sets are compared by the text.
 */
export type FieldSet = ReadonlySet<string>;

const joint = '\u0000';

/** The path of the whole object. */
export const root = '';

/** The path of a member of an object, of an item of a keyed list, of a value of a set. */
export const fieldIn = (path: string, name: string): string => under(path, `f:${name}`);
export const itemIn = (path: string, key: JsonMap): string => under(path, `k:${sortedText(key)}`);
export const valueIn = (path: string, value: Json): string => under(path, `v:${JSON.stringify(value)}`);

const under = (path: string, element: string): string => (path === root ? element : `${path}${joint}${element}`);

const elementsIn = (path: string): readonly string[] => path.split(joint);

/** The usual operations on sets. */
export const union = (...sets: readonly FieldSet[]): FieldSet => new Set(sets.flatMap((set) => [...set]));
export const without = (set: FieldSet, gone: FieldSet): FieldSet => new Set([...set].filter((path) => !gone.has(path)));
export const common = (set: FieldSet, other: FieldSet): FieldSet => new Set([...set].filter((path) => other.has(path)));
export const sameSet = (set: FieldSet, other: FieldSet): boolean =>
  set.size === other.size && [...set].every((path) => other.has(path));

/** Whether a path is another one, or inside of it. */
export const isWithin = (path: string, outer: string): boolean => path === outer || path.startsWith(`${outer}${joint}`);

/** The way down a path: where each element leads, and its name if it is a member of an object. */
export const stepsOf = (path: string): readonly { readonly at: string; readonly name?: string }[] => {
  const elements = elementsIn(path);
  return elements.map((element, index) => ({
    at: elements.slice(0, index + 1).join(joint),
    ...(element.startsWith('f:') ? { name: element.slice(2) } : {}),
  }));
};

interface Node {
  member: boolean;
  readonly children: Map<string, Node>;
}

const emptyNode = (): Node => ({ member: false, children: new Map() });

const treeOf = (set: FieldSet): Node => {
  const top = emptyNode();
  for (const path of set) {
    let node = top;
    for (const element of elementsIn(path)) {
      const next = node.children.get(element) ?? emptyNode();
      node.children.set(element, next);
      node = next;
    }
    node.member = true;
  }
  return top;
};

const sorted = (node: Node): readonly (readonly [string, Node])[] =>
  [...node.children].toSorted(([a], [b]) => (a < b ? -1 : 1));

/** The set as `fieldsV1` of managedFields. */
export const encodeFields = (set: FieldSet): JsonMap => {
  const encode = (node: Node): JsonMap => {
    const self = node.member && node.children.size > 0 ? { '.': {} } : {};
    return { ...self, ...Object.fromEntries(sorted(node).map(([element, child]) => [element, encode(child)])) };
  };
  return encode(treeOf(set));
};

/** The set that `fieldsV1` stands for. */
export const decodeFields = (fields: Json | undefined): FieldSet => {
  const decode = (value: JsonMap, path: string): readonly string[] => {
    const entries = Object.entries(value);
    const inner = entries.flatMap(([element, child]) =>
      element === '.' ? [] : decode(membersOf(child), under(path, element)),
    );
    const isMember = path !== root && (entries.length === 0 || '.' in value);
    return isMember ? [path, ...inner] : inner;
  };
  return new Set(decode(membersOf(fields), root));
};

/** The paths for people, `.spec.ports[port=80]`, in the API server's order: at each depth the members first. */
export const spellPaths = (set: FieldSet): readonly string[] => {
  const spell = (node: Node, path: string): readonly string[] => {
    const children = sorted(node).map(([element, child]) => [`${path}${spellElement(element)}`, child] as const);
    const members = children.filter(([, child]) => child.member).map(([spelt]) => spelt);
    return [...members, ...children.flatMap(([spelt, child]) => spell(child, spelt))];
  };
  return spell(treeOf(set), '');
};

const spellElement = (element: string): string => {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(membersOf(JSON.parse(rest))).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `[${keys.join(',')}]`;
};
