import type { Path } from '../engine/path.ts';
import { didYouMean } from '../engine/suggest.ts';
import { own } from './own.ts';
import { escape, substitute } from './text.ts';
import { maxBytes } from './yaml/limits.ts';
import type { MapTree } from './yaml/tree.ts';

/** Values from outside that override the manifest's `vars`. */
export interface Overrides {
  /** --var NAME=VALUE. Each must be declared in the manifest. */
  readonly flags: Readonly<Record<string, string>>;
  /** The environment: LAB_VAR_NAME overrides a declared variable; --var goes before it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The variables of one run, each worked out when it is first asked for. */
export interface Variables {
  readonly names: readonly string[];
  /** Escaped text of `env` or `vars.NAME`; '' after a complaint. `at` is the path that asks. */
  valueOf(name: string, at: Path): string;
}

/** Reads `vars` of a tree. `complain` is told of unknown ones, of circles and of texts that grow without bounds. */
export const variablesOf = (
  tree: MapTree,
  environment: string,
  overrides: Overrides,
  complain: (at: Path, text: string) => void,
): Variables => {
  const declared = declarations(tree);
  const values = new Map<string, string>();
  let total = 0;

  const find = (name: string, at: Path, within: readonly string[]): string => {
    if (name === 'env') return environment;
    const variable = name.slice('vars.'.length);
    const definition = declared.get(variable);
    if (definition === undefined) {
      complain(at, `there is no variable ${variable}${didYouMean(variable, declared.keys())}`);
      return '';
    }
    if (within.includes(variable)) {
      complain(at, `the variable needs itself: ${[...within, variable].join(' → ')}`);
      return '';
    }
    const value = values.get(variable) ?? workOut(variable, definition, within);
    values.set(variable, value);
    return limited(value, at);
  };

  const workOut = (variable: string, definition: string, within: readonly string[]): string => {
    const given = own(overrides.flags, variable) ?? own(overrides.env, `LAB_VAR_${variable}`);
    if (given !== undefined) return escape(given);
    return substitute(definition, (name) => find(name, ['vars', variable], [...within, variable]));
  };

  const limited = (value: string, at: Path): string => {
    const before = total;
    total += value.length;
    if (total <= maxBytes) return value;
    if (before <= maxBytes) complain(at, `variables add up to more than ${maxBytes} characters`);
    return '';
  };

  return { names: [...declared.keys()], valueOf: (name, at) => find(name, at, []) };
};

/** The `vars` as text; the schema complains of those that are none. */
const declarations = (tree: MapTree): ReadonlyMap<string, string> => {
  const section = tree.entries.get('vars')?.value;
  if (section?.is !== 'map') return new Map();
  return new Map(
    [...section.entries].map(([name, { value }]) => [
      name,
      value.is === 'leaf' && typeof value.value === 'string' ? value.value : '',
    ]),
  );
};
