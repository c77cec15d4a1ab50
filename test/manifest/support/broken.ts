/** The part of a JSON Schema that says what may stand at one place. */
export type Schema = Readonly<Record<string, unknown>>;

/** A value that has one thing wrong with it, and what that is. */
export interface Broken {
  readonly what: string;
  readonly value: unknown;
}

const wrongValues: readonly [string, unknown][] = [
  ['null', null],
  ['nothing in it', ''],
  ['text', 'x y/z!'],
  ['a number', -1.5],
  ['a huge number', 1e12],
  ['true', true],
  ['an empty list', []],
  ['a list', [null, 7, {}]],
  ['an empty map', {}],
  ['a map', { unheardOf: 1 }],
  ['a duration of our own', '5 fortnights'],
];

/** Every way to break what a schema takes, one at a time; `depth` ends schemas that hold themselves. */
export function* breakages(schema: Schema, root: Schema, at: string, depth = 6): Generator<Broken> {
  for (const [what, value] of wrongValues) yield { what: `${at}: ${what}`, value };
  if (depth === 0) return;
  for (const branch of branchesOf(schema, root)) {
    yield* insideMap(branch, root, at, depth);
    const { items } = branch;
    if (!isSchema(items)) continue;
    for (const { what, value } of breakages(items, root, `${at}[]`, depth - 1)) yield { what, value: [value] };
  }
}

function* insideMap(schema: Schema, root: Schema, at: string, depth: number): Generator<Broken> {
  const whole = sampleMap(schema, root, depth);
  const named = Object.entries(membersOf(schema));
  for (const [key, inner] of named) {
    if (key in whole) yield { what: `${at}.${key}: missing`, value: without(whole, key) };
    yield { what: `${at}.${key}x: misspelt`, value: { ...whole, [`${key}x`]: 'x' } };
    for (const { what, value } of breakages(inner, root, `${at}.${key}`, depth - 1)) {
      yield { what, value: { ...whole, [key]: value } };
    }
  }
  const any = schema['additionalProperties'];
  if (!isSchema(any) || named.length > 0) return;
  for (const key of ['A B', '']) {
    yield { what: `${at}: a key ${JSON.stringify(key)}`, value: { [key]: sample(any, root, depth) } };
  }
  // One of the two is a name where the other is none.
  for (const key of ['a', 'a/b']) {
    for (const { what, value } of breakages(any, root, `${at}.*`, depth - 1)) yield { what, value: { [key]: value } };
  }
}

/** The least that a schema takes. */
const sample = (schema: Schema, root: Schema, depth: number): unknown => {
  const [first = {}] = branchesOf(schema, root);
  if ('const' in first) return first['const'];
  const { enum: words, default: preset, type } = first;
  if (Array.isArray(words)) return words[0];
  if (preset !== undefined) return preset;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return depth === 0 ? {} : sampleMap(first, root, depth);
    case 'array':
      return [];
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    default:
      return 'a';
  }
};

const sampleMap = (schema: Schema, root: Schema, depth: number): Record<string, unknown> => {
  const members = membersOf(schema);
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  return Object.fromEntries(required.map((key) => [key, sample(members[key] ?? {}, root, depth - 1)]));
};

const branchesOf = (schema: Schema, root: Schema): readonly Schema[] => {
  const { $ref: ref } = schema;
  if (typeof ref === 'string') {
    const definitions = root['definitions'];
    const found = isSchema(definitions) ? definitions[ref.slice(ref.lastIndexOf('/') + 1)] : undefined;
    return isSchema(found) ? branchesOf(found, root) : [];
  }
  const branches = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
  return Array.isArray(branches) ? branches.filter(isSchema).flatMap((branch) => branchesOf(branch, root)) : [schema];
};

/** What may stand in a map, by key. */
export const membersOf = (schema: Schema): Readonly<Record<string, Schema>> => {
  const members = schema['properties'];
  return isSchema(members) ? Object.fromEntries(Object.entries(members).filter(hasSchema)) : {};
};

const hasSchema = (entry: [string, unknown]): entry is [string, Schema] => isSchema(entry[1]);

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const without = (map: Readonly<Record<string, unknown>>, key: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
