import type { Path } from '../engine/traits.ts';
import { type Checked, type Complaint, complaint, unless } from './complaint.ts';
import type { Chosen } from './overlay.ts';
import { didYouMean } from './suggest.ts';
import { escape, substitute } from './text.ts';
import { type Entry, type MapTree, originOf, type Tree } from './yaml/tree.ts';

/** Values from outside that override the manifest's `vars`. */
export interface Overrides {
  /** --var NAME=VALUE. Each must be declared in the manifest. */
  readonly flags: Readonly<Record<string, string>>;
  /** The environment: LAB_VAR_NAME overrides a declared variable; --var goes before it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A tree whose strings hold no `${env}` or `${vars.x}` any more, and the values that were used. */
export interface Substituted {
  readonly tree: MapTree;
  readonly vars: Readonly<Record<string, string>>;
}

// Not substituted: the variables' own definitions, and the environments that are laid over already.
const untouched = ['vars', 'environments', 'defaultEnvironment'];

/** Puts `${env}` and `${vars.x}` into every string value. Keys stay as they are. */
export const substituteVariables = ({ environment, tree }: Chosen, overrides: Overrides): Checked<Substituted> => {
  const complaints: Complaint[] = [];
  const declared = declarations(tree);
  for (const name of Object.keys(overrides.flags)) {
    if (!declared.has(name)) {
      complaints.push(
        complaint(undefined, `--var ${name}: the manifest declares no such variable.${didYouMean(name, declared.keys())}`),
      );
    }
  }

  const values = new Map<string, string>();
  const valueOf = (name: string, at: Path, within: readonly string[]): string => {
    if (name === 'env') return environment;
    const variable = name.slice('vars.'.length);
    const known = values.get(variable);
    if (known !== undefined) return known;
    const given = overrides.flags[variable] ?? overrides.env[`LAB_VAR_${variable}`];
    const definition = declared.get(variable);
    if (definition === undefined) {
      const text = `there is no variable ${variable}.${didYouMean(variable, declared.keys())}`;
      complaints.push(complaint(originOf(tree, at), text));
    } else if (within.includes(variable)) {
      const text = `the variable needs itself: ${[...within, variable].join(' → ')}`;
      complaints.push(complaint(originOf(tree, at), text));
    } else {
      const path = ['vars', variable];
      const inner = (inside: string) => valueOf(inside, path, [...within, variable]);
      const value = given === undefined ? substitute(definition, inner) : escape(given);
      values.set(variable, value);
      return value;
    }
    return '';
  };

  const fill = (value: Tree, path: Path): Tree => {
    switch (value.is) {
      case 'map':
        return { ...value, entries: new Map([...value.entries].map(([key, entry]) => fillEntry(key, entry, path))) };
      case 'list':
        return { ...value, items: value.items.map((item, index) => fill(item, [...path, index])) };
      case 'leaf':
        if (typeof value.value !== 'string') return value;
        return { ...value, value: substitute(value.value, (name) => valueOf(name, path, [])) };
      case 'removed':
        return value;
    }
  };
  const fillEntry = (key: string, { place, value }: Entry, path: Path): [string, Entry] =>
    path.length === 0 && untouched.includes(key)
      ? [key, { place, value }]
      : [key, { place, value: fill(value, [...path, key]) }];

  const entries = new Map([...tree.entries].map(([key, entry]) => fillEntry(key, entry, [])));
  for (const name of declared.keys()) valueOf(`vars.${name}`, ['vars', name], []);
  const vars = Object.fromEntries([...values].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return unless(complaints, { tree: { ...tree, entries }, vars });
};

/** The `vars` that are text; the schema complains of others. */
const declarations = (tree: MapTree): ReadonlyMap<string, string> => {
  const section = tree.entries.get('vars')?.value;
  if (section?.is !== 'map') return new Map();
  return new Map(
    [...section.entries].flatMap(([name, { value }]): [string, string][] => {
      if (value.is !== 'leaf') return [];
      return [[name, typeof value.value === 'string' ? value.value : '']];
    }),
  );
};
