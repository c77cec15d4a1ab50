import type { Path } from '../engine/path.ts';
import { didYouMean } from '../engine/suggest.ts';
import { type Complaint, complaint } from './complaint.ts';
import type { Chosen } from './overlay.ts';
import { substitute } from './text.ts';
import { type Overrides, variablesOf } from './variables.ts';
import { type Entry, type MapTree, originOf, type Tree } from './yaml/tree.ts';

/** A tree whose strings hold no `${env}` or `${vars.x}` any more, and the values that went in; '' where there is a complaint. */
export interface Filled {
  readonly tree: MapTree;
  readonly vars: Readonly<Record<string, string>>;
  readonly complaints: readonly Complaint[];
}

// The variables' own definitions, and the environments, which are laid over already.
const untouched = ['vars', 'environments', 'defaultEnvironment'];

/** Puts `${env}` and `${vars.x}` into every string value. Keys stay as they are. */
export const fillVariables = ({ environment, tree }: Chosen, overrides: Overrides): Filled => {
  const complaints: Complaint[] = [];
  const variables = variablesOf(tree, environment, overrides, (at, text) => {
    complaints.push(complaint(originOf(tree, at), text));
  });
  for (const name of Object.keys(overrides.flags).filter((flag) => !variables.names.includes(flag))) {
    const text = `--var ${name}: the manifest declares no such variable${didYouMean(name, variables.names)}`;
    complaints.push(complaint(undefined, text));
  }

  const fill = (value: Tree, path: Path): Tree => {
    switch (value.is) {
      case 'map':
        return { ...value, entries: new Map([...value.entries].map(([key, entry]) => fillEntry(key, entry, path))) };
      case 'list':
        return { ...value, items: value.items.map((item, index) => fill(item, [...path, index])) };
      case 'leaf':
        return typeof value.value === 'string'
          ? { ...value, value: substitute(value.value, (name) => variables.valueOf(name, path)) }
          : value;
      case 'removed':
        return value;
    }
  };
  const fillEntry = (key: string, { place, value }: Entry, path: Path): [string, Entry] => [
    key,
    { place, value: fill(value, [...path, key]) },
  ];

  const entries = new Map(
    [...tree.entries].map(([key, entry]) => (untouched.includes(key) ? [key, entry] : fillEntry(key, entry, []))),
  );
  const vars = Object.fromEntries(
    variables.names.toSorted().map((name) => [name, variables.valueOf(`vars.${name}`, ['vars', name])]),
  );
  return { tree: { ...tree, entries }, vars, complaints };
};
