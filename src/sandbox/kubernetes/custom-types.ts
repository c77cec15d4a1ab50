import { wholeObject } from './built-in/metadata-schema.ts';
import { elementsOf, type Json, type JsonMap, membersOf, textOf } from './json.ts';
import type { KubeObject } from './object.ts';
import { plainRules, type ResourceType } from './resource-type.ts';

/** The types that a CustomResourceDefinition makes: one for each version that it serves. */
export const typesOfDefinition = (definition: KubeObject): readonly ResourceType[] => {
  const spec = membersOf(definition['spec']);
  const names = membersOf(spec['names']);
  const shared = {
    group: textOf(spec['group']) ?? '',
    kind: textOf(names['kind']) ?? '',
    listKind: textOf(names['listKind']) ?? '',
    plural: textOf(names['plural']) ?? '',
    singular: textOf(names['singular']) ?? '',
    shortNames: textsIn(names['shortNames']),
    categories: textsIn(names['categories']),
    namespaced: spec['scope'] === 'Namespaced',
    custom: true,
    counts: true,
    blank: { metadata: {} },
    rules: plainRules,
  };
  return elementsOf(spec['versions'])
    .map(membersOf)
    .filter(({ served }) => served === true)
    .map((version) => ({ ...shared, ...partsOfVersion(version) }));
};

const textsIn = (value: Json | undefined): readonly string[] => elementsOf(value).map((item) => textOf(item) ?? '');

const partsOfVersion = (version: JsonMap): Pick<ResourceType, 'version' | 'schema' | 'hasStatus' | 'selectable'> => ({
  version: textOf(version['name']) ?? '',
  // The parse boundary: the definition was accepted, so this is a structural schema.
  schema: wholeObject(membersOf(membersOf(version['schema'])['openAPIV3Schema'])),
  hasStatus: membersOf(version['subresources'])['status'] !== undefined,
  selectable: Object.fromEntries(
    elementsOf(version['selectableFields']).map((field) => {
      const label = (textOf(membersOf(field)['jsonPath']) ?? '').slice(1);
      return [label, label.split('.')];
    }),
  ),
});

/** Versions in the order of preference: stable ones before beta and alpha, newer before older. */
export const byPreference = (left: string, right: string): number => {
  const [a, b] = [rankOf(left), rankOf(right)];
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? left.localeCompare(right) : (b[at] ?? 0) - (a[at] ?? 0);
};

const stages: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };

const rankOf = (version: string): readonly number[] => {
  const [, major = '', stage = '', minor = ''] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  return major === '' ? [0, 0, 0] : [stages[stage] ?? 3, Number(major), Number(minor)];
};
